// Waiting for a condition with a deadline: the only way that these tests let time pass.

/** Polls `check` until it answers something true, and returns that; fails with `what` at the deadline, or at once by an error marked `final`. */
export async function until(check, what, deadlineMs = 5000, everyMs = 20) {
  const deadline = performance.now() + deadlineMs
  let last
  for (;;) {
    try {
      const value = await check()
      if (value) return value
      last = undefined
    } catch (error) {
      if (error.final) throw error
      last = error
    }
    if (performance.now() > deadline) {
      const text = typeof what === 'function' ? what() : what
      throw new Error(`not within ${deadlineMs} ms: ${text}${last ? ` (${last.message})` : ''}`, { cause: last })
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** Checks that `check` stays false for a stretch of time (for what must not happen). */
export async function never(check, what, forMs) {
  const end = performance.now() + forMs
  while (performance.now() < end) {
    if (await check()) throw new Error(`must not happen: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The promise, or an error at the deadline. */
export function within(promise, what, deadlineMs) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${deadlineMs} ms: ${what}`)), deadlineMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
