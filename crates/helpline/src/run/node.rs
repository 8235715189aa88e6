//! The engine's thread: one poll loop that feeds the [`Engine`] and does what it says.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Boot, NodeId};
use engine::{Alarm, Answer, Ask, Configuration, Engine, Input, Output};
use mio::{Events, Poll, Token, Waker};
use routing::{Event, Record, RequestError};
use sip::Transport;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::traces::Traces;
use crate::clock::Clock;
use crate::letters::{Inbox, Outbox, letters};
use crate::net::media::MediaHandle;
use crate::net::round_up;
use crate::net::sip::SipSockets;
use crate::net::tls::Tls;

const WAKE: Token = Token(usize::MAX);

/// Inputs from other threads taken before sockets have their turn again.
const BURST: usize = 256;

/// What other threads tell the engine.
pub(crate) enum Told {
    /// The media thread.
    Media(media::Fact),
    /// A page or a command.
    Asked(Ask, oneshot::Sender<Result<Answer, RequestError>>),
    /// The journal: up to here all is on disk, or in the disk's last reserve.
    Durable { seq: u64, full: bool },
    /// The journal, in trouble.
    JournalFailed,
    /// What was found of a trunk's name.
    LookedUp { question: sip::Question, found: sip::LookedUp },
    /// Settings to use from now on.
    Configured(Configuration),
    /// A run that is over.
    NodeLost(NodeId, Boot),
    /// Stop in order.
    Drain,
    /// Stop now.
    Stop,
}

/// The way to the engine's thread, for all others.
#[derive(Clone)]
pub(crate) struct EngineHandle {
    outbox: Outbox<Told>,
    handed: Arc<AtomicU64>,
}

impl EngineHandle {
    /// Tells the engine something. Nothing happens once it has stopped.
    pub(crate) fn tell(&self, told: Told) {
        self.outbox.tell(told);
    }

    /// Asks; what is asked first is heard first. The answer comes once the records behind it are durable.
    pub(crate) fn begin(&self, ask: Ask) -> oneshot::Receiver<Result<Answer, RequestError>> {
        let (answer, answered) = oneshot::channel();
        self.tell(Told::Asked(ask, answer));
        answered
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, RequestError> {
        self.begin(ask).await.unwrap_or(Err(RequestError::Unwell))
    }

    /// Records up to `seq` are on disk; `full`: in its last reserve.
    pub(crate) fn durable(&self, seq: u64, full: bool) {
        self.tell(Told::Durable { seq, full });
    }

    /// Records up to `seq` are in the system's hands. Nobody is woken for it: it is asked for only where the disk is slow.
    pub(crate) fn handed(&self, seq: u64) {
        self.handed.store(seq, Ordering::Release);
    }

    /// The journal cannot write.
    pub(crate) fn journal_failed(&self) {
        self.handed.store(0, Ordering::Release);
        self.tell(Told::JournalFailed);
    }
}

/// The poll and the inbox, made before the threads that will talk to the engine.
pub(crate) struct Post {
    poll: Poll,
    inbox: Inbox<Told>,
    handed: Arc<AtomicU64>,
}

/// Makes the way to the engine.
pub(crate) fn post() -> io::Result<(EngineHandle, Post)> {
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), WAKE)?;
    // A poll that cannot be woken has ended.
    let (outbox, inbox) = letters(move || drop(waker.wake()));
    let handed = Arc::new(AtomicU64::new(0));
    Ok((EngineHandle { outbox, handed: Arc::clone(&handed) }, Post { poll, inbox, handed }))
}

/// What the engine's thread works with.
pub(crate) struct NodeSetup {
    pub(crate) engine: Engine,
    pub(crate) listen: Vec<(Transport, SocketAddr)>,
    pub(crate) tls: Tls,
    pub(crate) media: MediaHandle,
    pub(crate) journal: Sender<Vec<Record>>,
    pub(crate) names: UnboundedSender<sip::Question>,
    pub(crate) traces: Arc<Mutex<Traces>>,
    pub(crate) clock: Clock,
}

/// Binds the SIP sockets and starts the thread.
pub(crate) fn start(setup: NodeSetup, post: Post) -> io::Result<JoinHandle<()>> {
    let sockets = SipSockets::bind(&setup.listen, setup.tls, post.poll.registry())?;
    let node = Node {
        engine: setup.engine,
        sockets,
        poll: post.poll,
        inbox: post.inbox,
        handed: post.handed,
        media: setup.media,
        journal: setup.journal,
        names: setup.names,
        traces: setup.traces,
        clock: setup.clock,
        waiting: BTreeMap::new(),
        next_token: 0,
        group: Vec::new(),
        orders: Vec::new(),
        stopped_at: None,
        durable: 0,
    };
    std::thread::Builder::new().name("engine".to_owned()).spawn(move || node.run())
}

struct Node {
    engine: Engine,
    sockets: SipSockets,
    poll: Poll,
    inbox: Inbox<Told>,
    /// The last record that the journal's thread gave to the system.
    handed: Arc<AtomicU64>,
    media: MediaHandle,
    journal: Sender<Vec<Record>>,
    names: UnboundedSender<sip::Question>,
    traces: Arc<Mutex<Traces>>,
    clock: Clock,
    waiting: BTreeMap<routing::Token, oneshot::Sender<Result<Answer, RequestError>>>,
    next_token: u64,
    group: Vec<Record>,
    /// For media, once all else that is to be done at this moment has been.
    orders: Vec<media::Order>,
    /// The seq of `Stopped`: once it is durable, all is done.
    stopped_at: Option<u64>,
    durable: u64,
}

impl Node {
    fn run(mut self) {
        let mut events = Events::with_capacity(256);
        let mut unread: Vec<Token> = Vec::new();
        let mut more = false;
        loop {
            // 1. Sleep until a message, a word from another thread, or the engine's next moment.
            let next = [self.engine.poll_timeout(), self.sockets.next_timeout()].into_iter().flatten().min();
            let timeout = next.map(|at| round_up(at.since(self.clock.mono())));
            let busy = more || !unread.is_empty() || !self.inbox.may_sleep();
            match self.poll.poll(&mut events, if busy { Some(Duration::ZERO) } else { timeout }) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::error!(%error, "engine thread failed to poll");
                    return;
                }
            }
            self.inbox.wake();
            // 2. What the journal, media and people say: it frees what waits.
            match self.take_told() {
                Some(left) => more = left,
                None => return self.flush(),
            }
            // 3. What is due.
            self.tick();
            // 4. Messages, a burst from each socket, so that a flood at one does not starve the others.
            for event in events.iter().filter(|event| event.token() != WAKE) {
                if event.is_writable() {
                    self.sockets.writable(event.token());
                }
                unread.push(event.token());
            }
            unread.retain(|token| self.read(*token));
            // 5. One group for the journal.
            self.flush();
            if self.stopped_at.is_some_and(|seq| seq <= self.durable) {
                return;
            }
        }
    }

    /// Takes a burst of what was told. `Some(true)`: there may be more. None: stop now.
    fn take_told(&mut self) -> Option<bool> {
        for _ in 0..BURST {
            match self.inbox.next() {
                Ok(Told::Stop) | Err(TryRecvError::Disconnected) => return None,
                Ok(told) => self.told(told),
                Err(TryRecvError::Empty) => return Some(false),
            }
        }
        Some(true)
    }

    fn told(&mut self, told: Told) {
        let input = match told {
            Told::Media(fact) => Input::Media(fact),
            Told::Asked(ask, answer) => {
                self.next_token += 1;
                let token = routing::Token(self.next_token);
                self.waiting.insert(token, answer);
                Input::Asked { token, ask }
            }
            Told::Durable { seq, full } => {
                self.durable = seq;
                Input::Durable { seq, full }
            }
            Told::JournalFailed => Input::JournalFailed,
            Told::LookedUp { question, found } => Input::Sip(sip::Input::LookedUp { question, found }),
            Told::Configured(configuration) => Input::Configured(configuration),
            Told::NodeLost(node, boot) => Input::NodeLost { node, boot },
            Told::Drain => Input::Drain,
            Told::Stop => return,
        };
        self.engine.handle(input, self.clock.now());
        self.act();
    }

    fn tick(&mut self) {
        let now = self.clock.now();
        if self.engine.poll_timeout().is_some_and(|at| at <= now.mono) {
            self.engine.handle(Input::Handed { seq: self.handed.load(Ordering::Acquire) }, now);
            self.engine.handle_timeout(now);
            self.act();
        }
        while let Some(flow) = self.sockets.expire(now.mono) {
            self.engine.handle(Input::Sip(sip::Input::Closed { flow }), now);
            self.act();
        }
    }

    /// Reads a burst from one socket. Returns whether there may be more: polling is edge-triggered.
    fn read(&mut self, token: Token) -> bool {
        for _ in 0..BURST {
            let now = self.clock.now();
            let Some(input) = self.sockets.next(token, now.mono) else { return false };
            self.engine.handle(Input::Sip(input), now);
            self.act();
        }
        true
    }

    /// Does what the engine says, until it says no more.
    fn act(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Send { flow, bytes } => {
                    if let Err(flow) = self.sockets.send(flow, &bytes, self.clock.mono()) {
                        self.engine.handle(Input::Sip(sip::Input::Closed { flow }), self.clock.now());
                    }
                }
                Output::Close { flow } => self.sockets.close(flow),
                Output::LookUp(question) => {
                    // Where nobody looks names up, the trunk's patience ends the wait.
                    let _ = self.names.send(question);
                }
                Output::Media(order) => self.orders.push(order),
                Output::Append(record) => self.append(record),
                Output::Reply { token, reply } => {
                    if let Some(answer) = self.waiting.remove(&token) {
                        // Whoever asked may have left.
                        let _ = answer.send(reply);
                    }
                }
                Output::Ladder(entry) => self.traces().keep(entry, self.clock.now().utc),
                Output::Alarm(alarm) => sound(&alarm),
            }
        }
        self.orders.drain(..).for_each(|order| self.media.order(order));
    }

    fn append(&mut self, record: Record) {
        self.traces().learn(&record);
        if record.event == (Event::Stopped {}) {
            self.stopped_at = Some(record.seq);
        }
        self.group.push(record);
    }

    fn traces(&self) -> std::sync::MutexGuard<'_, Traces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flush(&mut self) {
        if !self.group.is_empty() && self.journal.send(std::mem::take(&mut self.group)).is_err() {
            tracing::error!("the journal's thread has gone");
        }
    }
}

/// `error!` means: wake someone.
fn sound(alarm: &Alarm) {
    use routing::Alarm as R;
    match alarm {
        Alarm::Routing(R::NobodyReady { queue }) => tracing::error!(queue, "someone waits and no operator is ready"),
        Alarm::Routing(R::LastOperatorMissed { operator }) => {
            tracing::error!(%operator, "the last ready operator missed a call and is offered it again");
        }
        Alarm::Routing(R::JournalUnwell) => {
            tracing::error!("the journal is late or full; no promise is made to callers")
        }
        Alarm::Routing(R::DiskFull) => {
            tracing::error!("the disk is full: callers are still written down in its reserve; free space now");
        }
        Alarm::Routing(R::Danger { journey }) => tracing::error!(%journey, "a caller pressed the danger key"),
        Alarm::Routing(R::UnknownNumber { trunk }) => {
            tracing::error!(trunk, "a trunk called a number that is none of ours; check [[service]] numbers");
        }
        Alarm::Routing(R::TrunkDown { trunk, callbacks: false, all: false }) => {
            tracing::warn!(trunk, "a trunk does not answer any more; others do");
        }
        Alarm::Routing(R::TrunkDown { trunk, callbacks, all }) => {
            tracing::error!(trunk, callbacks, all, "a trunk does not answer any more, and no other can take its place");
        }
        Alarm::Routing(R::NoCallbackTrunk { reason }) => {
            tracing::error!(reason = %reason.0, "people are due to be called back, and no trunk takes our calls");
        }
        Alarm::Routing(R::CallbackOverdue { obligation }) => {
            tracing::error!(%obligation, "someone has been due to be called back for long");
        }
        Alarm::Routing(R::PromiseMissed { obligation }) => {
            tracing::error!(%obligation, "someone was told by when we call, and nobody has called them");
        }
        Alarm::Routing(R::CallbackExhausted { obligation }) => {
            tracing::error!(%obligation, "every try to call someone back is used up; a supervisor decides");
        }
        Alarm::Routing(R::CallerIdsNotArriving) => {
            tracing::error!("caller IDs are not arriving: one number makes most of today's calls");
        }
        Alarm::Routing(R::CalendarUnchecked { calendar, until }) => {
            tracing::error!(calendar, %until, "fewer than 60 days of opening hours are confirmed ahead; look through the calendar's closures and confirm the computed ones");
        }
        Alarm::Routing(R::NobodyPlanned { service, from }) => {
            tracing::error!(service, %from, "the line is open and nobody is planned; see who works when");
        }
        Alarm::UnknownSource { source } => {
            tracing::error!(%source, "an unknown source dialled one of our numbers; if it is the carrier's, add it to [[trunk]] addresses");
        }
        Alarm::MissingSound { sound } => tracing::error!(sound, "a prompt is missing: the caller heard silence"),
        Alarm::NoPort => tracing::error!("no RTP port is free; widen [media] rtp_ports"),
    }
}
