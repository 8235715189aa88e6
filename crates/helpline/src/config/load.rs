//! Puts everything together.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{NodeId, Timestamp};
use routing::Calendar;

use super::callback_section::CallbackSection;
use super::disk::Disk;
use super::document::Places;
use super::fault::{Fault, Severity};
use super::flow::FlowFile;
use super::limits::LimitsSection;
use super::media_section::MediaSection;
use super::prompts::Needs;
use super::queue::{OperatorSection, QueueSection};
use super::read::{Fields, Read};
use super::server::{Database, LogSection, default_data};
use super::service::{ServiceSection, Services};
use super::sip_section::{SipSection, TrunkSection};
use super::suggest::suggest;
use super::trial::TrialSection;
use super::trunk_out::DialPlanSection;
use super::values::Count;
use super::web_section::WebSection;
use super::{
    Config, Listen, Log, Overrides, calendar, flow, flow_check, layers, prompts, queue, service, sip_section,
    tls_section, trunk_out,
};

/// The keys at the top of the main file.
pub(super) const KEYS: &[&str] = &[
    "data",
    "node",
    "database",
    "flows",
    "calendars",
    "prompts",
    "log",
    "sip",
    "trunk",
    "dial_plan",
    "media",
    "web",
    "service",
    "queue",
    "operator",
    "callback",
    "limits",
    "trial",
];

/// Reads a configuration: all of it, or all of its faults.
pub(crate) fn load(path: &Path, overrides: Overrides) -> Result<Config, Vec<Fault>> {
    let mut faults = Vec::new();
    let config = read(path, &overrides, &mut faults);
    faults.sort();
    faults.dedup();
    let (wrong, warnings): (Vec<Fault>, Vec<Fault>) =
        faults.into_iter().partition(|fault| fault.severity == Severity::Fault);
    match config {
        Some(config) if wrong.is_empty() => Ok(Config { warnings, ..config }),
        Some(_) | None => Err(wrong.into_iter().chain(warnings).collect()),
    }
}

/// Every fault and warning of a configuration.
pub(crate) fn check(path: &Path, overrides: Overrides) -> Vec<Fault> {
    load(path, overrides).map_or_else(|faults| faults, |config| config.warnings)
}

fn read(path: &Path, overrides: &Overrides, faults: &mut Vec<Fault>) -> Option<Config> {
    let mut disk = Disk::default();
    let folder = path.parent().unwrap_or(Path::new(""));
    let now = overrides.clock.unwrap_or_else(Timestamp::now);
    let Some(document) = layers::document(path, overrides, &mut disk, faults) else {
        each_alone(folder, now, &mut disk, faults);
        return None;
    };
    let places = &document.places;
    let top = Fields::top(&document.tree, places, KEYS, faults);
    let main = Main::read(&top, overrides, faults)?;
    let services = services(&top, overrides, main.trial.as_ref(), places, faults);
    let queues = queue::queues(named::<QueueSection>(&top, "queue", faults), places, faults);
    let operators = named::<OperatorSection>(&top, "operator", faults);
    queue::reachable(&operators, &main.sip.tls, places, faults);
    let phones: Vec<_> = operators.iter().map(|(id, phone)| (phone.at(id), phone.tls.clone())).collect();
    let sip_operators = queue::operators(operators, &queues, places, faults);
    let flows = flows(&services, &folder.join(&main.flows), places, &mut disk, faults);
    for (name, file) in &flows {
        flow_check::check(file, &queues, owed(name, &services), faults);
        flow_check::dialled(file, &main.sip.tls, faults);
    }
    let calendars = calendars(&services, &folder.join(&main.calendars), now, places, &mut disk, faults);
    let data = overrides.data.clone().or(main.data.map(|data| folder.join(data))).unwrap_or_else(default_data);
    let shelf = prompts::load(&folder.join(&main.prompts), &data.join("prompts"), &mut disk, faults);
    let languages = services.services.values().map(|service| service.language.clone()).collect();
    let notices = services.services.values().flat_map(|service| service.notices.iter().cloned()).collect();
    let needs = Needs { flows: &flows, queues: &queues, places, languages, notices };
    prompts::check(&needs, &shelf, &mut disk, faults);

    let trunks = named::<TrunkSection>(&top, "trunk", faults);
    let ours: Vec<&str> = services.numbers.keys().map(String::as_str).collect();
    let outbound = trunk_out::outbound(&trunks, &main.sip, &ours, places, faults);
    let dial_plan = trunk_out::dial_plan(main.dial_plan, places, faults);
    let numbers = services.numbers.keys().cloned().collect();
    let sip = sip_section::settings(&main.sip, &trunks, numbers, places, faults);
    let encryption = sip_section::encryption(&main.sip, &trunks, places, faults);
    let lines = trunks.iter().map(|(name, trunk)| (trunk.both_ways(name), trunk.secured()));
    let tls = tls_section::settings(&main.sip, (phones, lines.collect()), folder, places, faults);
    let name_servers = main.sip.name_servers.clone();
    let listen = Listen { udp: main.sip.udp, tcp: main.sip.tcp, tls: main.sip.tls };
    let web = main.web.settings(folder, places, faults);
    if overrides.trial {
        loopback_only(&listen, &web.https, places, faults);
    }
    let trial = main.trial.map(|trial| trial.settings(&services, places, faults));
    let routing = routing::Settings {
        version: disk.version(),
        services: services.services,
        numbers: services.numbers,
        calendars,
        flows: flows.into_iter().map(|(name, file)| (name, file.flow)).collect(),
        queues,
        sip_operators,
        trunks: outbound,
        dial_plan,
        callbacks: main.callback.settings(places, faults),
        limits: main.limits.settings(),
    };
    Some(Config {
        version: routing.version.clone(),
        data,
        node: main.node,
        routing: Arc::new(routing),
        sip,
        encryption,
        listen,
        name_servers,
        tls,
        media: main.media.settings(places, faults),
        prompts: Arc::new(shelf.library),
        prompt_folder: folder.join(&main.prompts),
        web,
        database: main.database,
        log: Log { level: main.log.level.0, format: main.log.format },
        trial,
        warnings: Vec::new(),
    })
}

/// With the main file unreadable: what is wrong with flows and calendars by themselves.
fn each_alone(folder: &Path, now: Timestamp, disk: &mut Disk, faults: &mut Vec<Fault>) {
    for file in Disk::list(&folder.join("flows"), "toml") {
        flow::load(&file, disk, faults);
    }
    for file in Disk::list(&folder.join("calendars"), "toml") {
        calendar::load(&file, now, disk, faults);
    }
}

/// What stands once in the main file.
struct Main {
    data: Option<PathBuf>,
    node: NodeId,
    database: Database,
    flows: PathBuf,
    calendars: PathBuf,
    prompts: PathBuf,
    log: LogSection,
    sip: SipSection,
    media: MediaSection,
    web: WebSection,
    callback: CallbackSection,
    limits: LimitsSection,
    dial_plan: DialPlanSection,
    trial: Option<TrialSection>,
}

impl Main {
    fn read(top: &Fields<'_>, overrides: &Overrides, faults: &mut Vec<Fault>) -> Option<Main> {
        let node: Count<1, 65_535> = top.optional("node", faults, || Count(1));
        Some(Main {
            data: top.optional("data", faults, || None),
            node: NodeId(u16::try_from(node.0).unwrap_or(1)),
            database: top.optional("database", faults, || Database::Embedded),
            flows: top.optional("flows", faults, || "flows".into()),
            calendars: top.optional("calendars", faults, || "calendars".into()),
            prompts: top.optional("prompts", faults, || "prompts".into()),
            log: top.section("log", faults)?,
            sip: top.section("sip", faults)?,
            media: top.section("media", faults)?,
            web: top.section("web", faults)?,
            callback: top.section("callback", faults)?,
            limits: top.section("limits", faults)?,
            dial_plan: top.section("dial_plan", faults)?,
            trial: if overrides.trial { top.required("trial", faults) } else { None },
        })
    }
}

fn named<T: Read>(top: &Fields<'_>, key: &str, faults: &mut Vec<Fault>) -> BTreeMap<String, T> {
    top.optional(key, faults, BTreeMap::new)
}

fn services(
    top: &Fields<'_>,
    overrides: &Overrides,
    trial: Option<&TrialSection>,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> Services {
    let open = trial.filter(|_| overrides.clock.is_none()).map(|trial| trial.always_open.as_slice());
    let open: Vec<String> = open.unwrap_or_default().iter().map(|name| name.0.clone()).collect();
    let sections = named::<ServiceSection>(top, "service", faults);
    service::settings(sections, overrides.trial, &open, places, faults)
}

/// The flows that services use; a name without its file is a fault at the service.
fn flows(
    services: &Services,
    folder: &Path,
    places: &Places,
    disk: &mut Disk,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, FlowFile> {
    let mut flows = BTreeMap::new();
    for (name, service) in &services.services {
        for (key, flow) in [("flow", &service.flow), ("closed_flow", &service.closed_flow)] {
            let key = format!("service.{name}.{key}");
            let Some(file) = named_file(folder, flow, &key, places, faults) else { continue };
            if !flows.contains_key(flow) {
                flows.extend(flow::load(&file, disk, faults).map(|file| (flow.clone(), file)));
            }
        }
    }
    flows
}

fn calendars(
    services: &Services,
    folder: &Path,
    now: Timestamp,
    places: &Places,
    disk: &mut Disk,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Calendar> {
    let mut calendars = BTreeMap::new();
    for (name, service) in &services.services {
        let Some(calendar) = &service.calendar else { continue };
        let key = format!("service.{name}.calendar");
        let Some(file) = named_file(folder, calendar, &key, places, faults) else { continue };
        if !calendars.contains_key(calendar) {
            calendars.extend(calendar::load(&file, now, disk, faults).map(|read| (calendar.clone(), read)));
        }
    }
    calendars
}

fn named_file(folder: &Path, name: &str, key: &str, places: &Places, faults: &mut Vec<Fault>) -> Option<PathBuf> {
    let file = folder.join(format!("{name}.toml"));
    if file.is_file() {
        return Some(file);
    }
    let files = Disk::list(folder, "toml");
    let names = files.iter().filter_map(|file| file.file_stem()?.to_str());
    let message = format!("there is no file {}{}", file.display(), suggest(name, names));
    faults.push(places.fault(key, message));
    None
}

/// Whether real callers take a flow.
fn owed(flow: &str, services: &Services) -> bool {
    let takes = |service: &routing::Service| service.flow == flow || service.closed_flow == flow;
    services.services.values().any(|service| !service.synthetic && takes(service))
}

/// A trial lets anyone in who reaches it: no socket but on loopback.
fn loopback_only(listen: &Listen, https: &[SocketAddr], places: &Places, faults: &mut Vec<Fault>) {
    let lists =
        [("sip.udp", listen.udp.as_slice()), ("sip.tcp", &listen.tcp), ("sip.tls", &listen.tls), ("web.https", https)];
    for (key, sockets) in lists {
        for (index, socket) in sockets.iter().enumerate().filter(|(_, socket)| !socket.ip().is_loopback()) {
            let message = format!("{socket} is open to others; a trial stays on 127.0.0.1 and [::1]");
            faults.push(places.fault(&format!("{key}[{index}]"), message));
        }
    }
}
