//! Every target: its corpus as it is, then mutations of it; no panic, and memory stays as it was.
#![allow(clippy::expect_used, reason = "helpers of tests are not in test functions, where clippy.toml allows it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};

use fuzz::{Extent, corpus, run, target};

struct Counting;

static HELD: AtomicI64 = AtomicI64::new(0);

#[expect(unsafe_code, reason = "a global allocator cannot be written without; it only counts and passes on")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size() as i64, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a target may hold more at the end than at half time: a call that is fuller than it was then.
const SLACK: i64 = 1 << 20;

/// Mutated inputs in the short form.
const INPUTS: u64 = 2_000;

#[expect(clippy::print_stdout, reason = "how much a long run did is its result")]
fn replay(name: &str) {
    let target = target(name).expect("a target of this name");
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "{name} has no corpus");
    corpus.iter().for_each(|input| target.run(input));
    let mut halfway = None;
    let tried = run(target, &corpus, Extent::short(INPUTS), || halfway = Some(HELD.load(Ordering::Relaxed)));
    let held = HELD.load(Ordering::Relaxed);
    let halfway = halfway.unwrap_or(held);
    println!("{name}: {tried} inputs");
    assert!(
        held - halfway < SLACK,
        "{name} held {halfway} bytes at half time and {held} at the end, after {tried} inputs"
    );
}

#[test]
fn rtp() {
    replay("rtp");
}

#[test]
fn rtcp() {
    replay("rtcp");
}

#[test]
fn stun() {
    replay("stun");
}

#[test]
fn sdp() {
    replay("sdp");
}

#[test]
fn sip() {
    replay("sip");
}

#[test]
fn sip_answer() {
    replay("sip_answer");
}

#[test]
fn every_target_is_tried() {
    let names: Vec<&str> = fuzz::TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(
        names,
        ["rtp", "rtcp", "stun", "sdp", "sip", "sip_answer"],
        "a target without a test here, or the other way round"
    );
}
