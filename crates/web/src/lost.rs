//! Asks again and again whether callers were lost: that must never be, so somebody is woken.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// As long as Postgres is away.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Counts them for as long as the pages are served; `found` is what the console shows.
pub(crate) async fn watch(store: watch::Receiver<Option<store::Reader>>, found: watch::Sender<Option<u64>>) {
    loop {
        let reader = store.borrow().clone();
        let counted = match reader {
            Some(reader) => reader.lost_callers().await.ok(),
            None => None,
        };
        let wait = if counted.is_some() { EVERY } else { TRY_AGAIN };
        if let Some(lost) = counted {
            note(&found, lost);
        }
        sleep(wait).await;
    }
}

/// Whoever is on call hears of each more that is found, once.
fn note(found: &watch::Sender<Option<u64>>, lost: u64) {
    let before = found.send_replace(Some(lost)).unwrap_or(0);
    if lost > before {
        tracing::error!(
            lost,
            "callers were lost: nobody spoke with them, and nothing is owed to them any more; see the view lost_callers"
        );
    }
}
