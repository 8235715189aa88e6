//! The journal's thread: one group is written and synced while the next one gathers.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use journal::{AppendError, DirStorage, Journal, Limits};
use routing::Record;

use super::committed::Committed;
use super::node::EngineHandle;

/// Records in one group at most.
const GROUP: usize = 4096;

/// How often a full disk is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Tries to write the last group when the engine has stopped already.
const LAST_TRIES: u32 = 5;

/// Starts it. The thread ends when the sender is dropped, with everything written that can be.
pub(crate) fn start(
    journal: Journal<DirStorage>,
    committed: Committed,
    engine: EngineHandle,
) -> std::io::Result<(Sender<Vec<Record>>, JoinHandle<()>)> {
    let (records, inbox) = channel();
    let thread = JournalThread { journal: Some(journal), committed, engine, inbox };
    let handle = std::thread::Builder::new().name("journal".to_owned()).spawn(move || thread.run())?;
    Ok((records, handle))
}

struct JournalThread {
    journal: Option<Journal<DirStorage>>,
    committed: Committed,
    engine: EngineHandle,
    inbox: Receiver<Vec<Record>>,
}

impl JournalThread {
    fn run(mut self) {
        let mut group: Vec<Record> = Vec::new();
        while self.gather(&mut group) {
            self.write(&mut group);
            self.refill();
        }
        for _ in 0..LAST_TRIES {
            self.write(&mut group);
            if group.is_empty() {
                return;
            }
            std::thread::park_timeout(TRY_AGAIN);
        }
        tracing::error!(records = group.len(), "the engine stops with records that could not be written");
    }

    /// Takes what has come. Waits for the first, or for the next try if the last one failed. False: nobody sends any more.
    fn gather(&self, group: &mut Vec<Record>) -> bool {
        let troubled = self.journal.as_ref().is_none_or(Journal::is_full);
        let wait = if group.is_empty() && !troubled { Duration::from_secs(3600) } else { TRY_AGAIN };
        match self.inbox.recv_timeout(wait) {
            Ok(records) => group.extend(records),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        while group.len() < GROUP {
            match self.inbox.try_recv() {
                Ok(records) => group.extend(records),
                Err(_) => break,
            }
        }
        true
    }

    /// Writes the group and tells; leaves it where it is if it could not be written.
    fn write(&mut self, group: &mut Vec<Record>) {
        let Some(journal) = self.journal.as_mut().filter(|_| !group.is_empty()) else { return };
        let (first, written) = (group.first().map_or(0, |record| record.seq), journal.last());
        // A group that failed may be on disk after all, once the journal has been read anew.
        group.drain(..usize::try_from((written + 1).saturating_sub(first)).unwrap_or(0).min(group.len()));
        let bytes: Vec<Vec<u8>> = group.iter().map(|record| serde_json::to_vec(record).unwrap_or_default()).collect();
        let handed = journal.write(&bytes).inspect(|seq| self.engine.handed(*seq));
        match handed.and_then(|_| journal.sync()) {
            Ok(durable) => {
                let records: Arc<[Record]> = std::mem::take(group).into();
                self.committed.fold(&records);
                // Before all who only look: a caller waits for it.
                self.engine.durable(durable.last, durable.full);
                self.committed.tell(records);
                if durable.full {
                    tracing::error!("the disk is full: the journal writes into its reserve; free space now");
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    /// Once there is room again, the reserve is set aside anew and all is well.
    fn refill(&mut self) {
        let Some(journal) = self.journal.as_mut().filter(|journal| journal.is_full()) else { return };
        if journal.refill().unwrap_or(false) {
            tracing::info!("there is room on the disk again");
            self.engine.durable(journal.last(), false);
        }
    }

    fn failed(&mut self, error: &AppendError) {
        tracing::error!(error = %chain(error), "the journal cannot be written; nothing new is promised to callers until it can");
        self.engine.journal_failed();
        if matches!(error, AppendError::Failed { .. } | AppendError::Fenced)
            && let Some(journal) = self.journal.take()
        {
            match Journal::open(journal.into_storage(), Limits::default()) {
                Ok((journal, _)) => self.journal = Some(journal),
                Err(error) => {
                    tracing::error!(error = %chain(&error), "the journal could not be opened anew; restart the engine")
                }
            }
        }
    }
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
