//! rsipstack, an independent SIP stack, calls the real binary and is called by it: over a good line, and over one that loses, doubles and
//! overtakes datagrams from a seed. The journal says what became of each call.

#![allow(clippy::unwrap_used, clippy::panic)]

mod house;
mod link;
mod peer;

use std::sync::atomic::Ordering;

use house::{House, free_port};
use link::{FAIR, FOUL};
use peer::{Peer, press, reinvite};
use rsipstack::sip::StatusCode;

const HOTLINE: &str = "4008169580";
const SEED: u64 = 20_261_122;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_held_and_resumed_and_ended_by_the_caller() {
    let mut house = House::start(free_port(), None);
    let (peer, _) = Peer::open(house.sip, SEED, FAIR, true).await;
    let (call, status) = peer.call("13900010001", HOTLINE).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(reinvite(&call, 2, "sendonly").await, "recvonly");
    assert_eq!(reinvite(&call, 3, "inactive").await, "inactive");
    assert_eq!(reinvite(&call, 4, "sendrecv").await, "sendrecv");
    call.bye().await.unwrap();
    house.until("one journey, over", |house| house.all_over(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_over_a_bad_line_end_in_one_journey_each() {
    let mut house = House::start(free_port(), None);
    let (peer, _) = Peer::open(house.sip, SEED, FOUL, true).await;
    let calls = (0..24).map(|n| {
        let peer = &peer;
        async move {
            let (call, status) = peer.call(&format!("139000200{n:02}"), HOTLINE).await;
            assert_eq!(status, StatusCode::OK);
            reinvite(&call, 2, "sendonly").await;
            call.bye().await.unwrap();
        }
    });
    futures_util::future::join_all(calls).await;
    house.until("every journey, over, once", |house| house.all_over(24));
    assert!(peer.link.lost.load(Ordering::Relaxed) > 5, "the line was bad");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_meets_our_answer_and_the_call_is_over_either_way() {
    let mut house = House::start(free_port(), None);
    for (weather, first) in [(FAIR, 0), (FOUL, 12)] {
        let (peer, _) = Peer::open(house.sip, SEED, weather, true).await;
        let calls = (first..first + 12).map(|n| {
            let (peer, number) = (&peer, format!("139000300{n:02}"));
            async move { peer.call_and_cancel(&number, HOTLINE).await }
        });
        futures_util::future::join_all(calls).await;
        house.until("every journey, over, once", |house| house.all_over(first + 12));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_stops_ringing_when_the_caller_hangs_up() {
    for weather in [FAIR, FOUL] {
        let sip = free_port();
        let (phone, mut at_phone) = Peer::open(sip, SEED, weather, false).await;
        let mut house = House::start(sip, Some(phone.link.far));
        let (peer, _) = Peer::open(sip, SEED + 1, weather, true).await;
        let (call, _) = peer.call("13900040001", HOTLINE).await;
        press(&call, '1').await;
        house.until("the topics", |house| house.has("language_chosen"));
        press(&call, '1').await;
        at_phone.rings().await;
        call.bye().await.unwrap();
        at_phone.terminated().await;
        house.until("one journey, over", |house| house.all_over(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_answers_and_sends_no_voice_is_let_go() {
    let sip = free_port();
    let (phone, mut at_phone) = Peer::open(sip, SEED, FOUL, true).await;
    let mut house = House::start(sip, Some(phone.link.far));
    let (peer, _) = Peer::open(sip, SEED + 2, FOUL, true).await;
    let (call, _) = peer.call("13900050001", HOTLINE).await;
    press(&call, '1').await;
    house.until("the topics", |house| house.has("language_chosen"));
    press(&call, '1').await;
    at_phone.terminated().await;
    house.until("the caller is in line again", |house| house.has("offer_ended"));
    call.bye().await.unwrap();
    house.until("one journey, over", |house| house.all_over(1));
}
