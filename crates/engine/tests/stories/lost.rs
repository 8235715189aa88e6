//! What a run that is over leaves behind (rule 16).

use engine::Alarm;
use media::{Fact, Order, Port};

use crate::caller::Caller;
use crate::node::Node;
use crate::settings::{CARRIER, nobody};

#[test]
fn rule_16_a_lost_dialog_gets_its_bye_and_its_port_rests_until_it_is_quiet() {
    let mut node = Node::new(nobody());
    let caller = Caller::new("a");
    node.call(&caller);
    assert_eq!(node.opened_ports(), [40_000]);
    node.lines();
    node.orders.clear();

    node.crash();
    let bye = node.next();
    assert!(bye.line().starts_with("BYE "), "{}", bye.line());
    assert_eq!((bye.header("Call-ID"), bye.to), (caller.call_id().as_str(), CARRIER.parse().unwrap()));
    assert_eq!(bye.header("CSeq"), "1000 BYE");
    assert_eq!(node.board.open_obligations(), 1, "cut off, so still owed");

    node.call(&Caller::new("b"));
    assert_eq!(node.opened_ports(), [40_002], "the next port, though the first is free");
    node.lines();
    node.carrier(&Caller::new("c").invite());
    assert_eq!(node.lines(), ["SIP/2.0 480 Temporarily Unavailable"]);
    assert!(node.alarms.contains(&Alarm::NoPort));

    let resting = Order::Rest { port: Port(40_000), local: "198.51.100.1:40000".parse().unwrap() };
    assert!(node.orders.iter().any(|order| format!("{order:?}") == format!("{resting:?}")), "{:?}", node.orders);
    node.pass_ms(3_600_000);
    node.carrier(&Caller::new("d").invite());
    assert!(!node.opened_ports().contains(&40_000), "media still hears somebody there");
    node.input(engine::Input::Media(Fact::Rested { port: Port(40_000) }));
    node.carrier(&Caller::new("e").invite());
    assert_eq!(node.opened_ports().last(), Some(&40_000));
}
