//! `helpline serve`: config → journal → sockets → engine → run → drain → stop.

use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Failure, load, overrides, say_error};
use crate::cli::{Place, ServeArgs};
use crate::clock::Clock;
use crate::config::{Config, Overrides, Severity};
use crate::control::{execute::Backend, server};
use crate::run::node::Told;
use crate::run::{self, Mode, Running, Threads};
use crate::{database, logging, pages};

/// How long talking callers may finish when the engine is asked to stop. A second signal ends it at once.
const DRAIN: Duration = Duration::from_secs(30);

/// Takes calls until told to stop.
pub(crate) fn run(place: &Place, args: &ServeArgs) -> Result<ExitCode, Failure> {
    if args.clock.is_some() && !place.trial {
        return Err("--clock is for trial mode only; add --trial".into());
    }
    let config = load(place, Overrides { clock: args.clock, ..overrides(place) })?;
    logging::begin(&config.log);
    for warning in config.warnings.iter().filter(|told| told.severity == Severity::Warning) {
        tracing::warn!("{warning}");
    }
    let clock = args.clock.map_or_else(Clock::real, Clock::starting_at);
    let (running, threads) = run::start(&config, clock, Mode::Serve)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve(&config, running, &threads))?;
    drop(runtime);
    threads.join();
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: &Config, running: Running, threads: &Threads) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let (seat, database) = watch::channel(None);
    let keeper = tokio::spawn(database::keep(config.database.clone(), running.clone(), seat, stopped.clone()));
    let control = server::listen(&running.data.control())?;
    tokio::spawn(server::serve(control, Backend::live(running.clone(), database.clone())));
    let pages = pages::start(config, &running, database, stopped)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), config = config.version, "taking calls");

    drain(&running, threads).await?;
    stop.send_replace(true);
    pages.stopped().await;
    keeper.await?;
    Ok(())
}

/// Waits for a signal, then for the engine to empty itself.
async fn drain(running: &Running, threads: &Threads) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut watch_engine = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = told(&mut terminate, &mut interrupt) => break,
            _ = watch_engine.tick() => if threads.engine_ended() {
                return Err("the engine's thread ended; the log says why".into());
            }
        }
    }
    tracing::info!("stopping: no new calls, {} s for those under way", DRAIN.as_secs());
    running.engine.tell(Told::Drain);
    let deadline = Instant::now() + DRAIN;
    let ended = async {
        while !threads.engine_ended() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::select! {
        ended = timeout_at(deadline, ended) => ended.is_ok(),
        () = told(&mut terminate, &mut interrupt) => false,
    };
    if !in_time {
        end_now(running, threads).await;
    }
    Ok(())
}

/// The second `Drain` ends every call, with its record and its BYE; then nothing is waited for any more.
async fn end_now(running: &Running, threads: &Threads) {
    running.engine.tell(Told::Drain);
    let patience = Instant::now() + Duration::from_secs(3);
    while !threads.engine_ended() && Instant::now() < patience {
        sleep(Duration::from_millis(20)).await;
    }
    if !threads.engine_ended() {
        say_error("the engine did not end its calls in time; the next start finds them in the journal");
        running.engine.tell(Told::Stop);
    }
}

async fn told(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
