//! `helpline probe`: a synthetic call through the running engine, answered by the probe's own operator.

mod caller;
mod desk;
mod peer;
mod tone;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use base::OperatorId;
use routing::{Role, Skill, User};
use serde_json::{Value, json};

use self::caller::{Caller, VOICE_HZ};
use self::desk::Desk;
use self::tone::FRAME;
use super::{Failure, load, overrides, say, say_error};
use crate::cli::{Place, ProbeArgs};
use crate::config::Config;
use crate::control::{Answer, Command, client};
use crate::data::{DataFolder, entropy};
use crate::run::traces::{Rung, draw};

/// The probe's operator.
const OPERATOR: &str = "probe";

/// The operator's tone.
const OPERATOR_HZ: f64 = 1000.0;

/// A tone counts as heard from this share of the energy on.
const CLEAR: f64 = 0.8;

/// Places a call, answers it, tells what was heard; fails when a worker would not have got through.
pub(crate) fn run(place: &Place, args: &ProbeArgs) -> Result<ExitCode, Failure> {
    let config = load(place, overrides(place))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(probe(&config, args));
    match &report {
        Ok(report) if args.json => say(&report.to_json().to_string()),
        Ok(report) => say(&report.to_text()),
        Err(error) => say_error(&format!("a worker would not have got through: {error}")),
    }
    Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was seen.
struct Report {
    journey: String,
    answered_after: Duration,
    prompt_packets: u64,
    ringing_after_key: Duration,
    caller_hears: f64,
    operator_hears: f64,
    ladder: Vec<Rung>,
}

async fn probe(config: &Config, args: &ProbeArgs) -> Result<Report, Failure> {
    let trial = config.trial.as_ref().ok_or("a probe needs a synthetic service; run it with --trial")?;
    let pages = config.web.http.first().ok_or("a probe signs in over [web] http on loopback; set it")?;
    let engine = args.sip.or(config.listen.udp.first().copied()).ok_or("SIP is listened for on no UDP socket")?;
    let password = operator_account(config).await?;
    let mut desk = Desk::start(&format!("http://{pages}"), OPERATOR, &password).await?;

    let began = Instant::now();
    let mut caller = Caller::dial(engine, &trial.probe_number).await?;
    if !caller.run(Duration::from_secs(5), Caller::answered).await? {
        return Err(caller.over.take().unwrap_or("nobody answered the INVITE in 5 s".to_owned()).into());
    }
    let answered_after = began.elapsed();
    let language =
        &config.routing.services.values().find(|service| service.synthetic).ok_or("no synthetic service")?.language;
    let prompt = config.prompts.prompts.get(&format!("{language}/probe")).ok_or("there is no prompt named probe")?;
    let wanted = middle(prompt);
    if !caller.run(Duration::from_secs(15), |caller| contains(&caller.heard, wanted)).await? {
        let heard = caller.packets;
        return Err(format!("the prompt was not heard ({heard} packets came)").into());
    }
    let prompt_packets = caller.packets;

    caller.press(1).await?;
    let pressed = Instant::now();
    let (journey, _) =
        tokio::try_join!(desk.answer(), async { caller.run(Duration::from_millis(200), |_| false).await })?;
    let ringing_after_key = pressed.elapsed();
    caller.speak = true;
    desk.speak(Some(OPERATOR_HZ));
    let mut both = (0.0f64, 0.0f64);
    caller
        .run(Duration::from_secs(5), |caller| {
            both = (tone::share(lately(&caller.heard), OPERATOR_HZ), desk.hears(VOICE_HZ));
            both.0 > CLEAR && both.1 > CLEAR
        })
        .await?;
    let (caller_hears, operator_hears) = both;
    caller.hang_up().await?;
    desk.finish().await?;
    if caller_hears <= CLEAR || operator_hears <= CLEAR {
        return Err(format!(
            "audio does not flow both ways: the caller hears {:.0} %, the operator {:.0} % of the other's tone",
            caller_hears * 100.0,
            operator_hears * 100.0
        )
        .into());
    }
    let ladder = serde_json::from_value(ask(config, &Command::Trace { journey: journey.parse()? }).await?)?;
    Ok(Report { journey, answered_after, prompt_packets, ringing_after_key, caller_hears, operator_hears, ladder })
}

/// The probe's operator has an account of its own, with a password for this one probe.
async fn operator_account(config: &Config) -> Result<String, Failure> {
    let bytes: [u8; 24] = entropy(std::path::Path::new("the probe's password"))?;
    let password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = web::hash_password(&password)?;
    let users = ask(config, &Command::Users).await?;
    let known = users.as_array().is_some_and(|users| users.iter().any(|user| user["operator"] == OPERATOR));
    let operator = OperatorId(OPERATOR.to_owned());
    let command = if known {
        Command::SetPassword { operator, password: hash }
    } else {
        let languages = config.routing.services.values().filter(|service| service.synthetic);
        let skills = languages.map(|service| Skill::language(&service.language));
        let skills = skills.chain([Skill("queue:probe".to_owned())]).collect();
        let user = User { operator, name: "Probe".to_owned(), roles: vec![Role::Operator], skills };
        Command::AddUser { user, password: hash }
    };
    ask(config, &command).await?;
    Ok(password)
}

async fn ask(config: &Config, command: &Command) -> Result<Value, Failure> {
    let data = DataFolder::open(&config.data)?;
    match client::ask(&data.control(), command).await? {
        Some(Answer::Value(value)) => Ok(value),
        Some(Answer::Failed(why)) => Err(why.into()),
        None => {
            let path = config.data.display();
            Err(format!("no engine runs on the data folder {path}; start it with `helpline serve --trial`").into())
        }
    }
}

/// A second from the middle of a prompt: what is heard is what was recorded, byte for byte.
fn middle(prompt: &[u8]) -> &[u8] {
    let half = prompt.len() / 2;
    let from = half.saturating_sub(25 * FRAME);
    prompt.get(from..(half + 25 * FRAME).min(prompt.len())).unwrap_or_default()
}

fn contains(heard: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && heard.windows(wanted.len()).any(|window| window == wanted)
}

fn lately(heard: &[u8]) -> &[u8] {
    heard.get(heard.len().saturating_sub(25 * FRAME)..).unwrap_or_default()
}

impl Report {
    fn to_text(&self) -> String {
        format!(
            "{}\n\
             answered after                {:>6} ms\n\
             prompt heard                     yes ({} packets)\n\
             operator answered, from key 1 {:>6} ms\n\
             caller hears operator         {:>6.0} % of the energy at {OPERATOR_HZ} Hz\n\
             operator hears caller         {:>6.0} % of the energy at {VOICE_HZ} Hz\n\
             journey {}: a worker gets through",
            draw(&self.ladder),
            self.answered_after.as_millis(),
            self.prompt_packets,
            self.ringing_after_key.as_millis(),
            self.caller_hears * 100.0,
            self.operator_hears * 100.0,
            self.journey,
        )
    }

    fn to_json(&self) -> Value {
        json!({
            "journey": self.journey,
            "answered_ms": self.answered_after.as_millis() as u64,
            "prompt_packets": self.prompt_packets,
            "key_to_answer_ms": self.ringing_after_key.as_millis() as u64,
            "caller_hears": self.caller_hears,
            "operator_hears": self.operator_hears,
            "ladder": self.ladder,
        })
    }
}
