//! The packet path of a bridge allocates nothing.
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "rtc's origin of time")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use base::{Boot, Id, Mono, NodeId, Now, Timestamp};
use media::{Opening, Order, Port, Source, Switch, SwitchConfig};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "a global allocator cannot be written without; it only counts and passes on")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn offer(port: u16, payload_type: u8) -> Vec<u8> {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio {port} RTP/AVP {payload_type} 101\r\n\
         a=rtpmap:101 telephone-event/8000\r\n"
    )
    .into_bytes()
}

const FROM: [(u32, u16, u8); 3] = [(1, 4000, 8), (2, 5000, 0), (3, 6000, 8)];

fn leg(n: u32) -> base::LegId {
    Id::new(NodeId(1), Boot(1), u64::from(n))
}

/// The first `count` parties, each hearing all the others.
fn together(count: usize, now: Now) -> Switch {
    let mut switch =
        Switch::new(SwitchConfig { browser_local: vec![], seed: 1, secret: [7; 32], origin: Instant::now() });
    let parties = &FROM[..count];
    for (n, port, payload_type) in parties {
        let local = ([127, 0, 0, 1], 10_000 + *n as u16 * 2).into();
        let offer = offer(*port, *payload_type);
        let opening = Opening::AnswerRtp { port: Port(*n), local, offer, srtp: media::Srtp::Off };
        switch.order(Order::Open { leg: leg(*n), opening }, now);
    }
    for (n, ..) in parties {
        let others = parties.iter().filter(|(other, ..)| other != n);
        let sources = others.map(|(other, ..)| Source::Leg(leg(*other))).collect();
        switch.order(Order::Hear { leg: leg(*n), sources }, now);
    }
    while switch.poll_fact().is_some() {}
    switch
}

/// Five thousand packets of each; how many were sent, and how often memory was asked for meanwhile.
fn talk(count: usize) -> (u64, u64) {
    let mut now = Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH };
    let mut switch = together(count, now);
    let mut buf = [0u8; 2048];
    let (mut sent, mut reports, mut allocated) = (0, 0, 0);
    for n in 0..5_000u32 {
        let (before, reported) = (ALLOCATIONS.get(), reports);
        for (port, from, payload_type) in &FROM[..count] {
            buf[..12].copy_from_slice(&[0x80, *payload_type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
            buf[2..4].copy_from_slice(&(n as u16).to_be_bytes());
            buf[4..8].copy_from_slice(&(n * 160).to_be_bytes());
            let from = ([127, 0, 0, 2], *from).into();
            switch.packet(Port(*port), false, from, &mut buf, 172, now, &mut |_| sent += 1);
        }
        if count > 2 {
            switch.handle_timeout(now, &mut |it| if it.rtcp { reports += 1 } else { sent += 1 });
        }
        // Neither what the clock's table of moments needs at first nor a report, every 5 s, is the path of the voice.
        let clock_begins = count > 2 && n < 10;
        if !clock_begins && reports == reported {
            allocated += ALLOCATIONS.get() - before;
        }
        now = now.after(Duration::from_millis(20));
    }
    (sent, allocated)
}

#[test]
fn ten_thousand_relayed_packets_allocate_nothing() {
    assert_eq!(talk(2), (10_000, 0));
}

#[test]
fn a_conference_of_three_allocates_nothing() {
    assert_eq!(talk(3), (15_000, 0));
}
