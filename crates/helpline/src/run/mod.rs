//! A node at work: the journal folded, the threads up, the ways to them.

pub(crate) mod committed;
pub(crate) mod journal_thread;
pub(crate) mod node;
pub(crate) mod traces;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use base::Boot;
use engine::{Configuration, Engine, Identity};
use journal::{DirStorage, Journal, Limits};
use routing::{Board, Record, Switchboard};
use sip::Transport;
use tokio::sync::mpsc::UnboundedSender;

use self::committed::Committed;
use self::journal_thread::chain;
use self::node::{EngineHandle, NodeSetup, Told};
use self::traces::Traces;
use crate::clock::Clock;
use crate::config::Config;
use crate::data::{DataFolder, entropy};
use crate::net::media::{MediaHandle, MediaSetup};
use crate::net::own_address::{reachable, resolve};
use crate::net::tls::Tls;

/// What the rest of the process works with.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) engine: EngineHandle,
    pub(crate) committed: Committed,
    pub(crate) traces: Arc<Mutex<Traces>>,
    pub(crate) data: DataFolder,
    pub(crate) settings: Arc<routing::Settings>,
    pub(crate) clock: Clock,
}

/// The threads, to wait for at the end.
pub(crate) struct Threads {
    engine: JoinHandle<()>,
    journal: JoinHandle<()>,
    media: (MediaHandle, JoinHandle<()>),
}

/// Whether calls are served, or a command only needs the decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Sockets, settings, and a run of its own in the journal.
    Serve,
    /// None of these: a command on a data folder whose engine does not run. What a crash left is left to the next serve.
    Command,
}

/// Why a node did not start.
pub(crate) type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Opens the data folder, folds the journal, starts the threads.
pub(crate) fn start(config: &Config, clock: Clock, mode: Mode) -> Result<(Running, Threads), StartError> {
    let data = DataFolder::open(&config.data)?;
    let (journal, recovery) = Journal::open(DirStorage::open(&data.journal())?, Limits::default())?;
    if recovery.cut > 0 {
        tracing::warn!(
            bytes = recovery.cut,
            "the journal ended in the middle of a write, as after a crash; what was acknowledged is there"
        );
    }
    let vault = Arc::new(data.vault()?);
    let (mut switchboard, board) = fold(&journal, config)?;
    let lost = switchboard.running().then(|| switchboard.last_boot()).flatten();
    let last = switchboard.last_boot().unwrap_or(Boot(0));
    let boot = if mode == Mode::Serve { Boot(last.0 + 1) } else { last };
    switchboard.begin(boot);

    let (engine, post) = node::post()?;
    let committed = Committed::new(board, recovery.last);
    let traces = Arc::new(Mutex::new(Traces::default()));
    let (media, media_thread) = start_media(config, clock, mode, engine.clone())?;
    let (records, journal_thread) = journal_thread::start(journal, committed.clone(), engine.clone())?;
    let identity = Identity {
        node: config.node,
        boot,
        seed: entropy(data.path())?,
        rtp_ports: (*config.media.rtp_ports.start(), *config.media.rtp_ports.end()),
    };
    let setup = NodeSetup {
        engine: Engine::new(identity, switchboard, vault),
        listen: if mode == Mode::Serve { listen(config) } else { Vec::new() },
        tls: tls(config, &data, mode)?,
        media: media.clone(),
        journal: records,
        names: names(config, mode, engine.clone())?,
        traces: traces.clone(),
        clock,
    };
    let engine_thread = node::start(setup, post)?;
    if mode == Mode::Serve {
        media.order(media::Order::Library(config.prompts.clone()));
        engine.tell(Told::Configured(configuration(config)));
        if let Some(boot) = lost {
            engine.tell(Told::NodeLost(config.node, boot));
        }
    }
    let running = Running { engine, committed, traces, data, settings: config.routing.clone(), clock };
    Ok((running, Threads { engine: engine_thread, journal: journal_thread, media: (media, media_thread) }))
}

impl Threads {
    /// Waits until the engine has stopped, and then for what it told the others.
    pub(crate) fn join(self) {
        join("engine", self.engine);
        join("journal", self.journal);
        let (media, thread) = self.media;
        media.stop();
        join("media", thread);
    }

    /// Whether the engine's thread has ended.
    pub(crate) fn engine_ended(&self) -> bool {
        self.engine.is_finished()
    }
}

fn join(name: &str, thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!(thread = name, "a thread ended in a panic");
    }
}

/// A record from the journal's bytes.
pub(crate) fn record(seq: u64, bytes: &[u8]) -> Result<Record, StartError> {
    serde_json::from_slice(bytes).map_err(|error| {
        format!("failed to read record {seq} of the journal (written by a later release?): {error}").into()
    })
}

fn fold(journal: &Journal<DirStorage>, config: &Config) -> Result<(Switchboard, Board), StartError> {
    let (mut switchboard, mut board) = (Switchboard::new(config.node, Boot(1)), Board::default());
    for entry in journal.read(1) {
        let (seq, bytes) = entry.map_err(|error| chain(&error))?;
        let record = record(seq, &bytes)?;
        switchboard.apply(&record);
        board.apply(&record);
    }
    Ok((switchboard, board))
}

fn start_media(
    config: &Config,
    clock: Clock,
    mode: Mode,
    engine: EngineHandle,
) -> Result<(MediaHandle, JoinHandle<()>), StartError> {
    let port = config.media.browser_port;
    let browser: Vec<SocketAddr> =
        resolve(&config.media.browser_addresses).into_iter().map(|ip| (ip, port).into()).collect();
    let setup = MediaSetup {
        browser: if mode == Mode::Serve { browser } else { Vec::new() },
        seed: u64::from_le_bytes(entropy(Path::new("media"))?),
        secret: entropy(Path::new("media"))?,
        clock,
        facts: Box::new(move |fact| engine.tell(Told::Media(fact))),
    };
    Ok(crate::net::media::start(setup)?)
}

fn listen(config: &Config) -> Vec<(Transport, SocketAddr)> {
    let udp = config.listen.udp.iter().map(|address| (Transport::Udp, *address));
    let tcp = config.listen.tcp.iter().map(|address| (Transport::Tcp, *address));
    let tls = config.listen.tls.iter().map(|address| (Transport::Tls, *address));
    udp.chain(tcp).chain(tls).collect()
}

/// The way to those who look names up; nobody is there for a command.
fn names(config: &Config, mode: Mode, engine: EngineHandle) -> Result<UnboundedSender<sip::Question>, StartError> {
    let (questions, asked) = tokio::sync::mpsc::unbounded_channel();
    if mode == Mode::Serve {
        crate::net::names::start(config.name_servers.clone(), asked, engine)?;
    }
    Ok(questions)
}

/// What TLS sockets need; where none listens, only what connecting needs.
fn tls(config: &Config, data: &DataFolder, mode: Mode) -> Result<Tls, StartError> {
    let listens = mode == Mode::Serve && !config.listen.tls.is_empty();
    let own = match &config.tls.own {
        Some(own) => Some(own.clone()),
        None if listens => Some(crate::pages::certificate(config, data).identity()?),
        None => None,
    };
    Ok(Tls::new(&config.tls, own.as_ref().filter(|_| listens))?)
}

/// The engine's share of the configuration, with wildcards replaced by addresses that others can reach.
fn configuration(config: &Config) -> Configuration {
    let mut sip = config.sip.clone();
    sip.sockets = listen(config);
    for (_, socket) in &sip.sockets {
        let told = sip.advertised.iter().any(|(local, _)| local == socket);
        if socket.ip().is_unspecified() && !told {
            sip.advertised.push((*socket, reachable(socket.ip()).to_string()));
        }
    }
    Configuration {
        routing: config.routing.clone(),
        sip,
        rtp_addresses: resolve(&config.media.rtp_addresses),
        encryption: config.encryption.clone(),
    }
}
