//! Brings the pages up and carries their questions to the engine.

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use web::{Answer, Ask, Clock, Site, Tls, Web, WebConfig, WebError, What};

use crate::commands::Failure;
use crate::config::{Certificate, Config};
use crate::data::DataFolder;
use crate::run::Running;
use crate::run::journal_thread::chain;

/// Questions that may wait; beyond it pages wait.
const ASKS: usize = 1024;

/// The pages at work.
pub(crate) struct Pages {
    serving: JoinHandle<Result<(), WebError>>,
}

impl Pages {
    /// Waits until they have said goodbye.
    pub(crate) async fn stopped(self) {
        match self.serving.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(error = %chain(&error), "the pages failed"),
            Err(error) => tracing::error!(%error, "the pages ended in a panic"),
        }
    }
}

/// Binds the pages' sockets and answers until `stopped` turns true.
pub(crate) fn start(
    config: &Config,
    running: &Running,
    database: watch::Receiver<Option<store::Database>>,
    stopped: watch::Receiver<bool>,
) -> Result<Pages, Failure> {
    let site = Site::bind(web_config(config, &running.data)?)?;
    let (engine, asks) = mpsc::channel(ASKS);
    tokio::spawn(carry(asks, running.clone()));
    let clock = running.clock;
    let web = Web {
        engine,
        committed: running.committed.subscribe(),
        store: readers(database),
        clock: Clock::new(move || clock.now().utc),
    };
    let mut stopped = stopped;
    let stop = async move {
        // The sender lives as long as `serve` does.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    Ok(Pages { serving: tokio::spawn(site.serve(web, stop)) })
}

/// What the pages show, and SIP over TLS where it has nothing else.
pub(crate) fn certificate(config: &Config, data: &DataFolder) -> Tls {
    match &config.web.certificate {
        Certificate::Files { certificate, key } => Tls::Files { certificate: certificate.clone(), key: key.clone() },
        Certificate::SelfMade => Tls::SelfMade { folder: data.certificates(), names: config.web.names.clone() },
    }
}

fn web_config(config: &Config, data: &DataFolder) -> Result<WebConfig, Failure> {
    let https = (!config.web.https.is_empty()).then(|| (config.web.https.clone(), certificate(config, data)));
    let trial = config
        .trial
        .as_ref()
        .map(|trial| web::wire::TryInfo { number: trial.number.clone(), closed_number: trial.closed_number.clone() });
    Ok(WebConfig {
        https,
        http: config.web.http.clone(),
        trial,
        targets: targets(config),
        session_key: data.session_key()?,
        settings: config.routing.clone(),
        origins: config.web.names.iter().map(|name| format!("https://{name}")).collect(),
    })
}

/// Where operators may hand callers to: lines of real services, and services outside.
fn targets(config: &Config) -> web::Targets {
    let lines = config.routing.queues.iter().filter(|(_, queue)| !queue.skills.iter().any(routing::Skill::is_queue));
    let referrals = config.routing.dial_plan.referrals.keys().cloned().collect();
    web::Targets { lines: lines.map(|(name, _)| name.clone()).collect(), referrals }
}

/// What the pages read by, while the database answers.
fn readers(mut database: watch::Receiver<Option<store::Database>>) -> watch::Receiver<Option<store::Reader>> {
    let (seat, readers) = watch::channel(None);
    tokio::spawn(async move {
        loop {
            let reader = database.borrow_and_update().as_ref().map(store::Database::reader);
            seat.send_replace(reader);
            if database.changed().await.is_err() {
                return;
            }
        }
    });
    readers
}

/// Carries each question to the engine and its answer back; the board is told from here.
async fn carry(mut asks: mpsc::Receiver<Ask>, running: Running) {
    while let Some(Ask { what, answer }) = asks.recv().await {
        let ask = match what {
            What::Board => {
                let (board, seq) = running.committed.board();
                // Whoever asked may have left.
                let _ = answer.send(Ok(Answer::Board { board: Box::new(board), seq }));
                continue;
            }
            What::Act(request) => engine::Ask::Act(request),
            What::OpenLeg { operator, sdp } => engine::Ask::OpenLeg { operator, sdp },
            What::DeskSocket { operator, up } => engine::Ask::DeskSocket { operator, up },
            What::TryCall { sdp, dialled, caller } => engine::Ask::TryCall { sdp, dialled, caller },
            What::TryHangUp { leg } => engine::Ask::TryHangUp { leg },
        };
        let asked = running.engine.begin(ask);
        tokio::spawn(async move {
            let reply = asked.await.unwrap_or(Err(routing::RequestError::Unwell));
            let reply = reply.map(|reply| match reply {
                engine::Answer::Done => Answer::Done,
                engine::Answer::Leg { leg, sdp } => Answer::Leg { leg, sdp },
            });
            // Whoever asked may have left.
            let _ = answer.send(reply);
        });
    }
}
