//! A desk's leg through a whole shift: calls one after the other, through bad air, new addresses and sleep, on virtual time.
//! In short with every run; twelve hours and two hundred calls with `HELPLINE_LONG=1`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]
#![allow(dead_code, reason = "the laboratory is shared with the other stories, which use more of it")]

use std::time::Duration;

use base::{LegId, Mono};
use media::{Fact, Order, Port, Source};

#[path = "../stories/lab.rs"]
mod lab;
#[path = "../stories/peer.rs"]
mod peer;

mod air;
mod heap;

use air::{Air, Weather};
use lab::{Lab, Talker, at, leg};
use peer::Browser;

/// Frames of 20 ms in one call.
const CALL: usize = 1_000;

/// What happens around a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Happening {
    Nothing,
    /// The router gives the desk another address in mid-call.
    NewAddress,
    /// The laptop sleeps for a minute before it.
    Sleep,
}

const DAY: [(Weather, Happening); 7] = [
    (Weather::CALM, Happening::Nothing),
    (Weather::LOSSY, Happening::Nothing),
    (Weather::UNSTEADY, Happening::Nothing),
    (Weather::CALM, Happening::NewAddress),
    (Weather::STORM, Happening::Nothing),
    (Weather::CALM, Happening::Sleep),
    (Weather::CALM, Happening::Nothing),
];

struct Shift {
    lab: Lab,
    browser: Browser,
    desk: u64,
    weather: Weather,
    out: Air,
    back: Air,
    addresses: u16,
    /// The first packet that the desk's leg was sent on its connection of now, and the last.
    clock: Option<((Mono, u32), (Mono, u32))>,
}

impl Shift {
    fn start() -> Self {
        let mut lab = Lab::default().with_library(&[], &[("calm", vec![3; 8000])]);
        let browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
        let weather = Weather::CALM;
        let (out, back) = (Air::seeded(7), Air::seeded(8));
        Shift { lab, browser, desk: 1, weather, out, back, addresses: 7000, clock: None }
    }

    fn desk(&self) -> LegId {
        leg(self.desk)
    }

    /// Twenty milliseconds, in which the microphone gives a frame.
    fn tick(&mut self, frame: [u8; 160]) {
        self.browser.say(&self.lab, 8, &frame);
        let now = self.lab.now.mono;
        for datagram in self.browser.outgoing() {
            self.out.carry(now, self.weather, datagram);
        }
        for datagram in self.out.arrived(now) {
            self.lab.packet(Port::BROWSER, false, self.browser.address, &datagram);
        }
        self.lab.ms(20);
        let now = self.lab.now.mono;
        for datagram in self.browser.incoming(&mut self.lab) {
            self.back.carry(now, self.weather, datagram);
        }
        let before = self.browser.heard.len();
        for datagram in self.back.arrived(now) {
            self.browser.deliver(&self.lab, &datagram);
        }
        for packet in self.browser.heard.get(before..).unwrap_or_default() {
            let seen = (now, packet.header.timestamp);
            self.clock = Some((self.clock.map_or(seen, |(first, _)| first), seen));
        }
        self.browser.wake(&self.lab);
    }

    fn idle(&mut self, span: Duration) {
        let end = self.lab.now.mono + span;
        while self.lab.now.mono < end {
            self.tick([0xD5; 160]);
            self.browser.heard.clear();
        }
        assert_eq!(self.lab.facts(), [], "nothing happens between calls");
    }

    /// The laptop sleeps: nothing goes out, nothing is taken; awake again, the page opens its leg anew.
    fn sleep(&mut self) {
        self.out.drop_all();
        self.back.drop_all();
        self.lab.ms(60_000);
        assert_eq!(self.lab.facts(), [Fact::BrowserDown { leg: self.desk() }]);
        self.lab.close(self.desk);
        self.lab.ms(20);
        self.lab.sent.clear();
        self.desk += 1;
        self.addresses += 1;
        self.clock = None;
        self.browser = Browser::connect(&mut self.lab, self.desk, &format!("127.0.0.5:{}", self.addresses));
    }

    /// A call of twenty seconds; frames carry their number. Yields which frames the caller and the desk have heard.
    fn call(&mut self, n: u64, happening: Happening) -> (Vec<usize>, Vec<usize>) {
        let far = format!("127.0.0.3:{}", 5000 + 2 * (n % 1000));
        self.lab.open(n, &far, "8 101");
        self.lab.bridge(self.desk, n);
        let mut caller = Talker::new(n, &far, 8);
        for frame in 0..CALL {
            if happening == Happening::NewAddress && frame == CALL / 2 {
                self.addresses += 1;
                self.browser.address = at(&format!("127.0.0.5:{}", self.addresses));
            }
            self.lab.voice(&mut caller, &numbered(frame, 0x11));
            self.tick(numbered(frame, 0x22));
        }
        // What is still in the air.
        (0..15).for_each(|_| self.tick([0xD5; 160]));
        self.lab.order(Order::Hear { leg: self.desk(), sources: vec![] });
        let at_caller = self.lab.take(n).iter().filter_map(|packet| number(&packet.payload, 0x22)).collect();
        let at_desk = self.browser.heard.iter().filter_map(|packet| number(&packet.payload, 0x11)).collect();
        assert_eq!(self.lab.facts(), [], "the desk's leg never went");
        self.lab.close(n);
        self.browser.heard.clear();
        (at_caller, at_desk)
    }
}

/// A frame that says which it is.
fn numbered(frame: usize, side: u8) -> [u8; 160] {
    let mut payload = [side; 160];
    payload[..4].copy_from_slice(&(frame as u32).to_be_bytes());
    payload
}

fn number(payload: &[u8], side: u8) -> Option<usize> {
    let (head, rest) = payload.split_first_chunk::<4>()?;
    rest.iter().all(|byte| *byte == side).then_some(u32::from_be_bytes(*head) as usize)
}

/// What may be missing of a call in each direction, and that nothing came twice.
fn judge(heard: &[usize], weather: Weather, happening: Happening, who: &str) {
    let mut once = heard.to_vec();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), heard.len(), "{who}: a frame came twice");
    let expected = match (happening, weather.loss) {
        // Until ICE has seen the new address: at most five seconds.
        (Happening::NewAddress, _) => CALL - 250..=CALL,
        // Of what was shuffled while the call began, that which is older than the first is let go.
        (_, 0) => CALL - weather.jitter.as_millis() as usize / 20..=CALL,
        (_, _) => CALL * 86 / 100..=CALL * 94 / 100,
    };
    assert!(expected.contains(&heard.len()), "{who}: {} frames of {CALL} in {weather:?}, {happening:?}", heard.len());
    if weather.jitter.is_zero() {
        assert!(heard.is_sorted(), "{who}: out of order in air that is steady");
    }
    assert!(heard.last().is_some_and(|last| *last > CALL - 20), "{who}: heard up to the end");
}

#[test]
#[expect(clippy::print_stdout, reason = "the figure of the long form, for who runs it with --no-capture")]
fn a_shift_leaves_nothing_behind() {
    let long = std::env::var_os("HELPLINE_LONG").is_some_and(|value| !value.is_empty());
    let (calls, gap) = if long { (200, Duration::from_secs(196)) } else { (14, Duration::from_secs(4)) };
    let mut shift = Shift::start();
    let began = shift.lab.now.mono;
    let mut settled = None;
    for n in 0..calls {
        let (weather, happening) = DAY[n as usize % DAY.len()];
        if happening == Happening::Sleep {
            shift.sleep();
        }
        shift.weather = Weather::CALM;
        shift.idle(gap);
        shift.weather = weather;
        let (at_caller, at_desk) = shift.call(1_000 + n, happening);
        judge(&at_caller, weather, happening, "the caller");
        judge(&at_desk, weather, happening, "the desk");
        // No drift: the timestamps that the desk is sent have gone on as time has.
        let (first, last) = shift.clock.unwrap();
        let passed = (last.0 - first.0).as_millis() as i64;
        let stamped = i64::from(last.1.wrapping_sub(first.1)) / 8;
        let wraps = i64::from(u32::MAX) / 8;
        let off = (passed - stamped).rem_euclid(wraps).min((stamped - passed).rem_euclid(wraps));
        assert!(off <= 250, "the clock is off by {off} ms after {passed} ms");
        if n as usize % DAY.len() == DAY.len() - 1 {
            let held = heap::held();
            let first = *settled.get_or_insert(held);
            assert!(held - first < 64 * 1024, "{} bytes more are held after {} calls", held - first, n + 1);
        }
    }
    let hours = (shift.lab.now.mono - began).as_secs_f64() / 3600.0;
    println!("{calls} calls in {hours:.1} hours, {} bytes held", heap::held());
    // Music on the clock to the end.
    shift.weather = Weather::CALM;
    shift.lab.order(Order::Hear { leg: shift.desk(), sources: vec![Source::Music("calm".into())] });
    shift.browser.heard.clear();
    (0..500).for_each(|_| shift.tick([0xD5; 160]));
    let music = shift.browser.heard.iter().filter(|packet| packet.payload[..] == [3; 160]).count();
    assert!((499..=501).contains(&music), "{music} frames of music in ten seconds");
}
