//! `[trunk.<name>]`, as calls of ours leave by it; `[dial_plan]`, who may be called at all.

use std::collections::BTreeMap;
use std::time::Duration;

use base::{NumberClass, PhoneNumber, Pii};
use routing::{DialPlan, OutboundTrunk};

use super::document::Places;
use super::fault::Fault;
use super::numbering::{self, RewriteSection};
use super::read::{Node, Read, section};
use super::sip_section::{SipSection, TrunkSection};
use super::tls_section::{self, TlsSection};
use super::values::{Count, DialledNumber, is_name};

section! {
    /// `[trunk.<name>.login]`: what the trunk knows us by, where it asks (digest, MD5 or SHA-256).
    LoginSection {
        /// The name.
        user: Secret,
        /// Its password; better in the environment: HELPLINE_TRUNK__<NAME>__LOGIN__PASSWORD.
        password: Secret,
        /// The realm that they are for. Without it: whatever the trunk names.
        realm: Option<String> = None,
    }
}

section! {
    /// `[trunk.<name>.register]`: register there, for calls to come by the same way.
    RegisterSection {
        /// The user of the address that is registered; usually the number.
        user: AddressUser,
        /// For how long at a time.
        expires_s: Count<60, 86_400> = Count(600),
    }
}

section! {
    /// `[dial_plan]`: who may be called at all. Mobiles may; 110 and 120 never.
    DialPlanSection {
        /// Whether fixed lines may be called, where the caller asked for it.
        fixed_lines: bool = false,
        /// The most calls to one number in a day,
        per_day: Count<1, 24> = Count(3),
        /// and in all.
        in_all: Count<1, 100> = Count(8),
        /// Services that callers may be put through to, by name.
        referrals: BTreeMap<String, DialledNumber> = BTreeMap::new(),
    }
}

/// Text that is never shown, not even in a fault.
#[derive(Clone, Debug)]
pub(super) struct Secret(Pii<String>);

impl Read for Secret {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let clean = |text: &&str| !text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_control());
        let secret = node.value.as_str().filter(clean).map(|text| Secret(Pii::new(text.to_owned())));
        if secret.is_none() {
            faults.push(node.fault("must be text, in quotes"));
        }
        secret
    }
}

/// What may stand before the @ of a SIP address.
#[derive(Clone, Debug)]
pub(super) struct AddressUser(String);

impl Read for AddressUser {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a user of a SIP address, like 075512345678", faults, |text| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte);
            text.bytes().all(fits).then(|| AddressUser(text.to_owned()))
        })
    }
}

/// Where a trunk's requests go: a SIP address without a user.
#[derive(Clone, Debug)]
pub(super) struct SendTo(pub(super) String);

impl Read for SendTo {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a SIP address without a user, like sip:sbc.carrier.example;transport=tcp", faults, |text| {
            (!text.contains('@') && sip::uri_transport(text).is_some()).then(|| SendTo(text.to_owned()))
        })
    }
}

/// A host that stands in SIP addresses.
#[derive(Clone, Debug)]
pub(super) struct Domain(String);

impl Read for Domain {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a host name or an address", faults, |text| {
            (!text.contains(['@', ';', '?']) && sip::uri_transport(&format!("sip:{text}")).is_some())
                .then(|| Domain(text.to_owned()))
        })
    }
}

impl TrunkSection {
    /// How calls of ours leave by it, for signalling.
    pub(super) fn out(&self) -> Option<sip::Outbound> {
        let send_to = self.send_to.clone()?.0;
        let every = Duration::from_secs(self.options_every_s.0.into());
        Some(sip::Outbound {
            send_to,
            domain: self.domain.clone().map(|domain| domain.0),
            format: self.format.iter().map(RewriteSection::rule).collect(),
            patience: self.patience_s.0,
            options_every: (!every.is_zero()).then_some(every),
            misses: self.options_misses.0,
            login: self.login.clone().map(|login| sip::Login {
                user: login.user.0,
                password: login.password.0,
                realm: login.realm,
            }),
            register: self
                .register
                .clone()
                .map(|register| sip::Register { user: register.user.0, expires_s: register.expires_s.0 }),
        })
    }

    /// Who it is over TLS: by its own word, else whoever `send_to` names.
    pub(super) fn secured(&self) -> Option<TlsSection> {
        let over_tls = |to: &&SendTo| sip::uri_transport(&to.0) == Some(sip::Transport::Tls);
        let host = self.send_to.as_ref().filter(over_tls).and_then(|to| sip::uri_host(&to.0));
        let section = self.tls.clone().or_else(|| host.map(|_| tls_section::SYSTEM));
        section.map(|section| section.or_named(host))
    }

    /// How calls of ours leave by it, for the decisions; none where it presents no number: then nobody is called by it.
    fn outbound(&self) -> Option<OutboundTrunk> {
        let from = canonical(&self.presents.as_ref()?.0);
        let bound = |count: u32| (count > 0).then_some(count);
        Some(OutboundTrunk {
            from,
            priority: u16::try_from(self.priority.0).unwrap_or(u16::MAX),
            weight: u16::try_from(self.weight.0).unwrap_or(u16::MAX),
            channels: bound(self.channels.0),
            per_hour: bound(self.calls_per_hour.0),
            pace: self.pace_s.0,
            minutes_per_day: bound(self.minutes_per_day.0),
            cents_per_day: bound(self.cents_per_day.0),
            cents_per_minute: self.cents_per_minute.iter().map(|(prefix, cents)| (prefix.clone(), cents.0)).collect(),
        })
    }
}

/// The trunks that calls of ours leave by. `numbers`: those that lead to a service.
pub(super) fn outbound(
    trunks: &BTreeMap<String, TrunkSection>,
    sip: &SipSection,
    numbers: &[&str],
    places: &Places,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, OutboundTrunk> {
    for (name, trunk) in trunks {
        let key = format!("trunk.{name}");
        numbering::check_format(&trunk.format, &key, places, faults);
        reachable(trunk, &key, sip, places, faults);
        presents(trunk, &key, numbers, places, faults);
        for prefix in trunk.cents_per_minute.keys().filter(|prefix| !prefix.bytes().all(|byte| byte.is_ascii_digit())) {
            let message = "must be the first digits of numbers, as 1 or 0769; \"\" is all";
            faults.push(places.fault(&format!("{key}.cents_per_minute.{prefix}"), message));
        }
    }
    trunks.iter().filter_map(|(name, trunk)| Some((name.clone(), trunk.outbound()?))).collect()
}

/// What it takes to send anything there.
fn reachable(trunk: &TrunkSection, key: &str, sip: &SipSection, places: &Places, faults: &mut Vec<Fault>) {
    let told = |what: &str, message: &str| places.fault(&format!("{key}.{what}"), message);
    let Some(send_to) = &trunk.send_to else {
        let needs = [
            ("presents", trunk.presents.is_some()),
            ("register", trunk.register.is_some()),
            ("login", trunk.login.is_some()),
        ];
        let message = "needs send_to beside it: where the trunk is";
        faults.extend(needs.iter().filter(|(_, there)| *there).map(|(what, _)| told(what, message)));
        return;
    };
    let sockets = match sip::uri_transport(&send_to.0) {
        Some(sip::Transport::Udp) => ("udp", sip.udp.len()),
        Some(sip::Transport::Tcp) => ("tcp", sip.tcp.len()),
        Some(sip::Transport::Tls) => ("tls", sip.tls.len()),
        None => return,
    };
    if sockets.0 == "tls" && trunk.addresses.is_none() && sip::uri_host(&send_to.0).is_some() {
        let message = "is a name over TLS, and needs addresses beside it: where it leads, whoever answers must prove who they are";
        faults.push(told("send_to", message));
    }
    if let (list, 0) = sockets {
        let message = format!("is reached over {list}, and sip.{list} names no socket");
        faults.push(told("send_to", &message));
    }
}

/// Rule 9: the number that is presented is one of ours, that rings here when it is called back, and no 400 number, which cannot call.
fn presents(trunk: &TrunkSection, key: &str, numbers: &[&str], places: &Places, faults: &mut Vec<Fault>) {
    let Some(number) = &trunk.presents else { return };
    let canonical = PhoneNumber::parse(&number.0);
    let message = match canonical.class() {
        NumberClass::Service => "is a 400 number, or one of its kind, and cannot call anybody; name the line behind it",
        NumberClass::Mobile | NumberClass::Fixed | NumberClass::Switchboard => {
            let is_ours = numbers.iter().any(|ours| PhoneNumber::parse(ours).canonical() == canonical.canonical());
            if is_ours {
                return;
            }
            "leads to no service: whoever calls it back must reach us; add it to the numbers of one"
        }
        NumberClass::Foreign | NumberClass::Short | NumberClass::Withheld => {
            "is no mobile number or fixed line of the mainland"
        }
    };
    faults.push(places.fault(&format!("{key}.presents"), message));
}

/// Who may be called at all.
pub(super) fn dial_plan(section: DialPlanSection, places: &Places, faults: &mut Vec<Fault>) -> DialPlan {
    for (name, number) in &section.referrals {
        let key = format!("dial_plan.referrals.{name}");
        if !is_name(name) {
            faults.push(places.fault(&key, "a name has small letters, digits, _, - and . only"));
        }
        if routing::NEVER_DIALLED.contains(&number.0.as_str()) {
            faults.push(places.fault(&key, "is an emergency number: callers dial it themselves, we never do"));
        }
    }
    DialPlan {
        geographic: section.fixed_lines,
        referrals: section.referrals.into_iter().map(|(name, number)| (name, number.0)).collect(),
        per_day: section.per_day.0,
        in_all: section.in_all.0,
    }
}

fn canonical(number: &str) -> String {
    PhoneNumber::parse(number).canonical().to_owned()
}
