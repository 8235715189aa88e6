//! Words to a thread that sleeps in a poll: a queue, and a bell that rings only while the thread sleeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// Wakes the poll.
type Ring = Box<dyn Fn() + Send + Sync>;

/// The way in, for all other threads.
pub(crate) struct Outbox<T> {
    letters: Sender<T>,
    bell: Arc<Bell>,
}

/// The sleeper's side.
pub(crate) struct Inbox<T> {
    letters: Receiver<T>,
    /// Came while the sleeper was about to lie down.
    early: Option<T>,
    bell: Arc<Bell>,
}

struct Bell {
    asleep: AtomicBool,
    ring: Ring,
}

/// Both sides. `ring` wakes the poll in which the inbox's thread sleeps.
pub(crate) fn letters<T>(ring: impl Fn() + Send + Sync + 'static) -> (Outbox<T>, Inbox<T>) {
    let (sender, receiver) = channel();
    let bell = Arc::new(Bell { asleep: AtomicBool::new(false), ring: Box::new(ring) });
    (Outbox { letters: sender, bell: bell.clone() }, Inbox { letters: receiver, early: None, bell })
}

impl<T> Clone for Outbox<T> {
    fn clone(&self) -> Self {
        Outbox { letters: self.letters.clone(), bell: self.bell.clone() }
    }
}

impl<T> Outbox<T> {
    /// Tells. Nothing happens once the other side is gone.
    pub(crate) fn tell(&self, letter: T) {
        // The letter is there before the bell is looked at; the sleeper looks the other way round. One of both sees the other.
        if self.letters.send(letter).is_ok() && self.bell.asleep.swap(false, Ordering::SeqCst) {
            (self.bell.ring)();
        }
    }
}

impl<T> Inbox<T> {
    /// Asked right before the poll: whether it may sleep. From now on whoever tells something rings.
    pub(crate) fn may_sleep(&mut self) -> bool {
        self.bell.asleep.store(true, Ordering::SeqCst);
        if self.early.is_none() {
            self.early = self.letters.try_recv().ok();
        }
        if self.early.is_some() {
            self.wake();
        }
        self.early.is_none()
    }

    /// Said right after the poll: nobody needs to ring.
    pub(crate) fn wake(&self) {
        self.bell.asleep.store(false, Ordering::SeqCst);
    }

    /// The next letter, without waiting.
    pub(crate) fn next(&mut self) -> Result<T, TryRecvError> {
        self.early.take().map_or_else(|| self.letters.try_recv(), Ok)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn counted() -> (Arc<AtomicUsize>, Outbox<u32>, Inbox<u32>) {
        let rung = Arc::new(AtomicUsize::new(0));
        let bell = rung.clone();
        let (outbox, inbox) = letters(move || {
            bell.fetch_add(1, Ordering::SeqCst);
        });
        (rung, outbox, inbox)
    }

    #[test]
    fn a_sleeper_is_rung_once_and_one_awake_never() {
        let (rung, outbox, mut inbox) = counted();
        outbox.tell(1);
        assert_eq!((rung.load(Ordering::SeqCst), inbox.next()), (0, Ok(1)));
        assert!(inbox.may_sleep());
        outbox.tell(2);
        outbox.tell(3);
        assert_eq!(rung.load(Ordering::SeqCst), 1);
        inbox.wake();
        assert_eq!((inbox.next(), inbox.next(), inbox.next()), (Ok(2), Ok(3), Err(TryRecvError::Empty)));
    }

    #[test]
    fn what_came_before_the_sleep_keeps_from_sleeping_and_is_not_lost() {
        let (_, outbox, mut inbox) = counted();
        outbox.tell(1);
        outbox.tell(2);
        assert!(!inbox.may_sleep());
        assert!(!inbox.may_sleep());
        assert_eq!((inbox.next(), inbox.next()), (Ok(1), Ok(2)));
        assert!(inbox.may_sleep());
    }

    #[test]
    fn a_thousand_words_between_two_threads_all_arrive() {
        let (bell, rings) = channel();
        let (outbox, mut inbox) = letters(move || {
            let _ = bell.send(());
        });
        let teller = std::thread::spawn(move || (0..1000).for_each(|n| outbox.tell(n)));
        let mut heard = Vec::new();
        while heard.len() < 1000 {
            if inbox.may_sleep() {
                rings.recv_timeout(std::time::Duration::from_secs(10)).expect("rung");
            }
            inbox.wake();
            while let Ok(n) = inbox.next() {
                heard.push(n);
            }
        }
        teller.join().expect("told all");
        assert_eq!(heard, (0..1000).collect::<Vec<_>>());
    }
}
