use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use base::OperatorId;
use tokio::sync::{oneshot, watch};

use crate::What;
use crate::app::lock;
use crate::engine::Engine;

/// Who has a desk open: one socket each, the newest.
#[derive(Debug)]
pub(crate) struct Desks {
    seats: Mutex<Seats>,
    taken: watch::Sender<BTreeSet<OperatorId>>,
}

#[derive(Debug, Default)]
struct Seats {
    last: u64,
    by_operator: BTreeMap<OperatorId, Seat>,
}

#[derive(Debug)]
struct Seat {
    number: u64,
    /// Dropped when another takes the seat.
    _stay: oneshot::Sender<()>,
}

/// A seat at a desk, left when dropped.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    desks: &'a Desks,
    operator: OperatorId,
    number: u64,
    /// Resolves when the operator opened a desk elsewhere.
    pub(crate) superseded: oneshot::Receiver<()>,
}

impl Desks {
    /// Nobody has a desk open. The receiver is for [`announce`].
    pub(crate) fn new() -> (Self, watch::Receiver<BTreeSet<OperatorId>>) {
        let (taken, who) = watch::channel(BTreeSet::new());
        (Desks { seats: Mutex::default(), taken }, who)
    }

    /// Takes the operator's seat, from whoever has it.
    pub(crate) fn take(&self, operator: &OperatorId) -> Taken<'_> {
        let (stay, superseded) = oneshot::channel();
        let mut seats = lock(&self.seats);
        seats.last += 1;
        let number = seats.last;
        seats.by_operator.insert(operator.clone(), Seat { number, _stay: stay });
        self.publish(&seats);
        Taken { desks: self, operator: operator.clone(), number, superseded }
    }

    fn leave(&self, operator: &OperatorId, number: u64) {
        let mut seats = lock(&self.seats);
        if seats.by_operator.get(operator).is_some_and(|seat| seat.number == number) {
            seats.by_operator.remove(operator);
            self.publish(&seats);
        }
    }

    fn publish(&self, seats: &Seats) {
        let now: BTreeSet<_> = seats.by_operator.keys().cloned().collect();
        self.taken.send_if_modified(|taken| {
            let changed = *taken != now;
            *taken = now;
            changed
        });
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.desks.leave(&self.operator, self.number);
    }
}

/// Tells the engine whose socket came or went, until nobody can come any more. What comes and goes in one breath is not told.
pub(crate) async fn announce(engine: Engine, mut taken: watch::Receiver<BTreeSet<OperatorId>>) {
    let mut told = BTreeSet::new();
    loop {
        let now = taken.borrow_and_update().clone();
        match tell(&engine, &told, &now).await {
            Ok(()) => told = now,
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
        if told == *taken.borrow() && taken.changed().await.is_err() {
            return;
        }
    }
}

async fn tell(
    engine: &Engine,
    told: &BTreeSet<OperatorId>,
    now: &BTreeSet<OperatorId>,
) -> Result<(), crate::failure::Failure> {
    for (gone, up) in [(told.difference(now), false), (now.difference(told), true)] {
        for operator in gone {
            let _heard = engine.begin(What::DeskSocket { operator: operator.clone(), up }).await?;
        }
    }
    Ok(())
}
