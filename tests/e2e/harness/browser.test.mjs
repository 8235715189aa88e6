// Chromium hears Chromium: what goes in at the fake microphone comes out of the recording of the page.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { Browser, heard, listen, untilHeard } from '../lib/browser.mjs'
import { find } from '../lib/correlate.mjs'
import { voice } from '../lib/clips.mjs'

const PAGE = `<!doctype html><button id=go>go</button><audio data-testid=remote-audio autoplay></audio><script type=module>
document.querySelector('#go').onclick = async () => {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()]
  here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate)
  there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate)
  there.ontrack = ({ streams }) => { document.querySelector('audio').srcObject = streams[0] }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false } })
  const transceiver = here.addTransceiver(stream.getTracks()[0], { streams: [stream] })
  transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('audio').codecs.filter((c) => c.mimeType === 'audio/PCMA'))
  await here.setLocalDescription(); await there.setRemoteDescription(here.localDescription)
  await there.setLocalDescription(); await here.setRemoteDescription(there.localDescription)
}</script>`

let browser
let server
before(async () => {
  browser = await Browser.open({ voice: 'desk' })
  server = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
})
after(async () => {
  await browser.close()
  server.close()
})

test('a page hears the voice at the microphone, over A-law, and no other', async () => {
  const page = await browser.page()
  await page.goto(`http://localhost:${server.address().port}/`)
  await page.click('#go')
  await listen(page)
  const { peak } = await untilHeard(page, browser.voice, 'the own voice')
  assert.ok(peak > 0.55, `peak ${peak}`)
  assert.equal(find(await heard(page), voice('somebody else')).heard, false)
  assert.deepEqual(page.faults, [])
})
