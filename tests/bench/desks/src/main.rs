//! `desks PAGES COUNT PASSWORD SECONDS`: operators `desk1` to `deskCOUNT` at browser-like desks, for measuring.
//!
//! All sign in (`signed in` is printed), and after a line of input each brings its DTLS-SRTP leg up, takes every call that is offered, and
//! speaks silence all the time. Prints `ready` when all are; at the end one JSON object with the packets that came.

mod desk;
mod peer;

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use desk::SignedIn;
use tokio::signal::unix::{SignalKind, signal};

/// Whatever went wrong.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Voice packets that came, over all desks.
static HEARD: AtomicU64 = AtomicU64::new(0);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // One thread: all of this stays beside the generator.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run(&arguments))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), Failure> {
    let [pages, count, password, seconds] = arguments else {
        return Err("usage: desks PAGES COUNT PASSWORD SECONDS".into());
    };
    let mut signed_in = Vec::new();
    for n in 1..=count.parse::<usize>()? {
        signed_in.push(SignedIn::new(pages, &format!("desk{n}"), password).await?);
    }
    say("signed in");
    std::io::stdin().read_line(&mut String::new())?;
    let mut at_work = Vec::new();
    for operator in signed_in {
        // At once: a desk that answers no ping while the others come up is taken for dead.
        at_work.push(tokio::spawn(operator.start().await?.work()));
    }
    say("ready");
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        () = tokio::time::sleep(Duration::from_secs(seconds.parse()?)) => {}
    }
    let gone = at_work.iter().filter(|desk| desk.is_finished()).count();
    say(&format!("{{\"heard\":{},\"gone\":{gone}}}", HEARD.load(Ordering::Relaxed)));
    Ok(())
}

/// A packet of voice came.
fn hear() {
    HEARD.fetch_add(1, Ordering::Relaxed);
}

fn say(line: &str) {
    // Nobody reads: nobody misses it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
