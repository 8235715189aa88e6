//! What no story tells yet, because no decision leads there: numbers, from their seal to the wire.

use std::net::SocketAddr;
use std::sync::Arc;

use base::{Boot, Id, JourneyId, LegId, Mono, NodeId, Now, NumberClass, Timestamp};
use routing::{Command, DialTarget, LegFailure, Switchboard};
use sip::{Outbound as Way, Transport, Trunk};
use vault::{Keys, Vault};

use crate::caller::{self, CONTEXT};
use crate::leg::{Leg, Outbound, Rtp};
use crate::translate::failure_of;
use crate::{Engine, Identity, Input, Output};

const NUMBER: &str = "13812345678";

fn vault() -> Arc<Vault> {
    Arc::new(Vault::new(Keys::generate(&[3; 64])))
}

fn now() -> Now {
    Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH }
}

fn leg() -> LegId {
    Id::new(NodeId(1), Boot(1), 2)
}

fn engine(vault: &Arc<Vault>) -> Engine {
    let identity = Identity { node: NodeId(1), boot: Boot(1), seed: [7; 32], rtp_ports: (40_000, 40_003) };
    let mut engine = Engine::new(identity, Switchboard::new(NodeId(1), Boot(1)), Arc::clone(vault));
    let ours: SocketAddr = "198.51.100.1:5060".parse().unwrap();
    let out = Way { send_to: "sip:192.0.2.77".into(), ..Way::default() };
    let trunk = Trunk { name: "mobile".into(), out: Some(out), ..Trunk::default() };
    let settings =
        sip::Settings { trunks: vec![trunk], sockets: vec![(Transport::Udp, ours)], ..sip::Settings::default() };
    engine.rtp_addresses = vec![ours.ip()];
    engine.handle(Input::Sip(sip::Input::Order(sip::Order::Configure(settings))), now());
    engine
}

/// What came out as it prints, and what was sent.
fn drained(engine: &mut Engine) -> (String, Vec<String>) {
    let (mut printed, mut sent) = (String::new(), Vec::new());
    while let Some(output) = engine.poll_output() {
        printed.push_str(&format!("{output:?}\n"));
        if let Output::Send { bytes, .. } = output {
            sent.push(String::from_utf8(bytes).unwrap());
        }
    }
    (printed, sent)
}

#[test]
fn a_sealed_number_is_opened_for_the_wire_alone() {
    let vault = vault();
    let mut engine = engine(&vault);
    let number = vault.seal(format!("{NUMBER}-8012\nFrom: …").as_bytes(), CONTEXT, [1; 24]);
    let target = DialTarget::Number { trunk: "mobile".into(), number, from: "076922334455".into() };
    let journey: JourneyId = Id::new(NodeId(1), Boot(1), 1);
    let command = Command::Dial { leg: leg(), journey, target };
    let mut printed = format!("{command:?}");
    engine.perform(command, now());
    engine.handle(Input::Media(media::Fact::Offering { leg: leg(), sdp: b"v=0\r\n".to_vec() }), now());
    let (shown, sent) = drained(&mut engine);
    printed.push_str(&shown);
    printed.push_str(&format!("{engine:?}"));
    assert!(sent[0].starts_with(&format!("INVITE sip:{NUMBER}@192.0.2.77;user=phone SIP/2.0\r\n")), "{}", sent[0]);
    assert!(sent[0].contains("\r\nP-Asserted-Identity: <sip:076922334455@192.0.2.77;user=phone>\r\n"));
    assert!(!printed.contains("1381234"), "{printed}");
}

#[test]
fn what_a_status_means_depends_on_whether_it_rang() {
    let at = |stage| Leg::Outbound { stage, rtp: Rtp::default() };
    let (unheard, rang) = (at(Outbound::Dialling { by_trunk: true }), at(Outbound::Ringing));
    let phone = at(Outbound::Dialling { by_trunk: false });
    use LegFailure::{Busy, Declined, Incompatible, Local, Refused, Timeout, TrunkDown, Unobtainable};
    for (status, first, then, at_phone) in [
        (486, Busy, Busy, Busy),
        (600, Busy, Busy, Busy),
        (404, Unobtainable, Unobtainable, Unobtainable),
        (480, Unobtainable, Unobtainable, Unobtainable),
        (603, Declined, Declined, Declined),
        (488, Incompatible, Incompatible, Incompatible),
        (407, TrunkDown, Refused, Refused),
        (408, TrunkDown, Timeout, Timeout),
        (500, TrunkDown, Refused, Refused),
        (503, TrunkDown, Local, Local),
        (504, TrunkDown, Timeout, Timeout),
        (302, Refused, Refused, Refused),
        (487, Refused, Refused, Refused),
    ] {
        let told = [failure_of(status, &unheard), failure_of(status, &rang), failure_of(status, &phone)];
        assert_eq!(told, [first, then, at_phone], "{status}");
    }
}

#[test]
fn what_is_keyed_in_is_sealed_where_it_can_be_dialled() {
    let vault = vault();
    let digits = |text: &str| routing::Digits(text.to_owned());
    let number = |text: &str| crate::contact::number(&digits(text), |ours| ours == "13925278096", &vault, [2; 24]);
    let mobile = number(NUMBER).unwrap();
    assert_eq!((mobile.class, mobile.masked.as_str()), (NumberClass::Mobile, "138****5678"));
    let fixed = number("076922345678").unwrap();
    assert!(fixed.key.is_some() && fixed.class == NumberClass::Fixed && fixed.number.is_some());
    let dialled = caller::dialled_number(mobile.number.as_ref().unwrap(), &vault).unwrap();
    assert_eq!(dialled.reveal(), NUMBER);
    for text in ["110", "12345", "4008169580", "22345678", "00442071234567", "", "0000", "13925278096"] {
        assert_eq!(number(text), None, "{text}");
    }
    let behind = crate::contact::extension(&digits("8012"), &vault, [2; 24]).unwrap();
    assert_eq!((behind.key, behind.number.is_none(), behind.extension.is_some()), (None, true, true));
}
