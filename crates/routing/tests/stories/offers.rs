use routing::*;

use crate::world::World;

#[test]
fn a_caller_who_leaves_while_it_rings_stops_the_ring_at_once() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let since = world.state("mei");
    let caller = world.call_to_line("13800000001", '1');
    let offer = world.offer_at("mei").unwrap();
    world.hang_up(caller);
    assert_eq!(world.offer_at("mei"), None);
    assert_eq!(world.state("mei"), since, "no place lost");
    assert_eq!(world.ended(caller), Some((TerminalCause::Abandoned, Party::Caller)));
    assert_eq!(world.ask("mei", RequestKind::Accept { offer }), Err(RequestError::OfferGone), "no ghost");
    let withdrawn = OfferOutcome::Withdrawn { why: WithdrawReason::CallerLeft };
    assert!(world.events().any(|event| matches!(event, Event::OfferEnded { outcome, .. } if *outcome == withdrawn)));
}

#[test]
fn rona_takes_the_operator_out_and_the_caller_keeps_the_head() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.wait_s(1);
    world.ready("lin", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("mei"), Some(caller));
    world.wait_s(20);
    assert_eq!(world.not_ready("mei").as_deref(), Some("no_answer"));
    assert_eq!(world.rings("lin"), Some(caller));
    assert_eq!(world.count("queued"), 1, "the place in line was never left");
    assert!(world.board.offer(&crate::world::operator("lin")).unwrap().1.returned);
}

#[test]
fn the_last_ready_operator_stays_someone_is_woken_and_it_rings_again() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    let first = world.offer_at("mei");
    world.wait_s(20);
    assert_eq!(world.rings("mei"), Some(caller));
    assert_ne!(world.offer_at("mei"), first, "a new offer");
    assert_eq!(world.alarms, [Alarm::LastOperatorMissed { operator: crate::world::operator("mei") }]);
}

#[test]
fn who_cannot_serve_the_caller_does_not_count_as_another_operator() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.ready("lin", &["lang:yue"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(20);
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn a_probe_at_work_is_never_offered_a_worker() {
    let mut settings = crate::settings::settings();
    let mut probed = settings.queues["main"].clone();
    probed.skills.push(Skill("queue:probe".to_owned()));
    settings.queues.insert("probe".to_owned(), probed);
    let mut flow = settings.flows["open"].clone();
    flow.steps.insert("wait".to_owned(), Step::Queue { queue: "probe".to_owned(), next: "promise".to_owned() });
    settings.flows.insert("probed".to_owned(), flow);
    let mut service = settings.services["line"].clone();
    service.flow = "probed".to_owned();
    settings.services.insert("probed".to_owned(), service);
    settings.numbers.insert("9001".to_owned(), "probed".to_owned());

    let mut world = World::with(settings);
    world.ready("probe", &["lang:zh-CN", "queue:probe"]);
    world.ready("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    let worker = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("probe"), None, "however long mei is busy");
    assert_ne!(world.rings("mei"), Some(worker));
    let probe = world.dial("13800000003", "9001");
    world.wait_s(1);
    world.hears_to_the_end(probe);
    world.press(probe, '1');
    world.press(probe, '1');
    assert_eq!(world.rings("probe"), Some(probe));
}

#[test]
fn a_declined_call_goes_to_another_and_does_not_come_back_at_once() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.wait_s(1);
    world.ready("lin", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.decline("mei").unwrap();
    assert_eq!(world.rings("lin"), Some(caller));
    assert!(world.is_ready("mei"));
    world.decline("lin").unwrap();
    assert_eq!((world.rings("mei"), world.rings("lin")), (None, None), "both said not now");
    let other = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("mei"), Some(other), "another call is another matter");
}

#[test]
fn starved_after_one_decline_when_nobody_else_ever_fits() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.decline("mei").unwrap();
    assert_eq!(world.rings("mei"), None);
    world.wait_s(10);
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn ready_anew_is_asked_again() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.decline("mei").unwrap();
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("rest") }).unwrap();
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn a_break_while_it_rings_declines_and_sends_the_caller_on() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.wait_s(1);
    world.ready("lin", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("take_five") }).unwrap();
    assert_eq!(world.not_ready("mei").as_deref(), Some("take_five"));
    assert_eq!(world.rings("lin"), Some(caller));
}

#[test]
fn one_operator_cannot_take_what_rings_at_another() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    world.ready("lin", &["lang:zh-CN"]);
    let offer = world.offer_at("mei").unwrap();
    assert_eq!(world.ask("lin", RequestKind::Accept { offer }), Err(RequestError::OfferGone));
}

#[test]
fn danger_while_it_rings_lets_it_ring() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    let offer = world.offer_at("mei");
    world.press(caller, '9');
    assert_eq!(world.offer_at("mei"), offer);
    assert!(world.board.offer(&crate::world::operator("mei")).unwrap().1.danger);
}

/// Others count a call that nobody answered as one that was abandoned, and a miss once for each operator.
#[test]
fn a_call_that_two_operators_miss_is_one_call_with_two_offers_and_not_abandoned() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.ready("lin", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(20);
    world.ask("lin", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    world.ask("lin", RequestKind::EndShift {}).unwrap();
    world.ask("mei", RequestKind::EndShift {}).unwrap();
    world.wait_s(30);
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::PromisedCallback, Party::Engine)));
    assert_eq!((world.count("journey_opened"), world.count("offered"), world.count("offer_ended")), (1, 2, 2));
}
