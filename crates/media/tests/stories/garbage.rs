//! Whatever comes from outside, nothing panics, grows, or gets through.

use media::{Fact, Opening, Order, Port};

use crate::lab::{Lab, Talker, at, leg, raw, sdp};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }

    fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.roll(6) {
            let place = self.roll(bytes.len());
            match self.roll(5) {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, self.roll(256) as u8),
                2 => bytes.extend_from_within(place..),
                3 if !bytes.is_empty() => {
                    bytes.remove(place);
                }
                _ if !bytes.is_empty() => bytes[place] = self.roll(256) as u8,
                _ => {}
            }
            bytes.truncate(2000);
        }
        bytes
    }
}

#[test]
fn packets() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8 101");
    lab.open(2, "127.0.0.3:5000", "0 101");
    lab.bridge(1, 2);
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    let voice = one.packet(8, false, &[1; 160]);
    let extended = raw(0xB1, 8, true, 2, 3, 4, &[0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 9, 9, 9, 1]);
    let key = one.press(5).remove(0);
    let report = [0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].to_vec();
    let seeds = [voice, extended, key, report, vec![]];
    let mut dice = Dice(0x5EED);
    for n in 0..40_000 {
        let bytes = dice.mutate(&seeds[n % seeds.len()]);
        lab.packet(Port(1), n % 7 == 0, at("127.0.0.2:4000"), &bytes);
        if n % 50 == 0 {
            lab.ms(20);
        }
        for sent in lab.sent.drain(..).filter(|sent| sent.port == Port(2) && !sent.rtcp) {
            assert_eq!(
                (sent.bytes[0], sent.bytes.len() > 12),
                (0x80, true),
                "what is relayed is a clean header and voice"
            );
        }
        lab.facts();
    }
    assert_eq!(lab.switch.legs(), 2);
}

#[test]
fn datagrams_to_the_browsers_port() {
    let mut lab = Lab::default();
    let offer = include_bytes!("../data/chromium_offer.sdp").to_vec();
    lab.order(Order::Open { leg: leg(1), opening: Opening::Browser { offer } });
    let Some(Fact::Opened { sdp, .. }) = lab.facts().pop() else { panic!("not opened") };
    let answer = String::from_utf8(sdp).unwrap();
    let ufrag = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
    let username = format!("{ufrag}:alMp");
    let mut stun = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    stun.extend([0, 6, 0, username.len() as u8]);
    stun.extend(username.bytes());
    stun.resize(stun.len().next_multiple_of(4), 0);
    stun[3] = (stun.len() - 20) as u8;
    let hello = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0].to_vec();
    let seeds = [stun, hello, raw(0x80, 8, false, 1, 1, 1, &[0; 170])];
    let mut dice = Dice(0xB0B);
    for n in 0..20_000u32 {
        let bytes = dice.mutate(&seeds[n as usize % seeds.len()]);
        let from = std::net::SocketAddr::from(([127, 0, 0, 1], 1024 + (n % 60_000) as u16));
        lab.packet(Port::BROWSER, false, from, &bytes);
        if n % 100 == 0 {
            lab.ms(20);
        }
    }
    assert!(lab.sent.is_empty(), "nobody without the password gets an answer");
    assert!(lab.facts().iter().all(|fact| *fact != Fact::BrowserUp { leg: leg(1) }));
}

#[test]
fn descriptions() {
    let browser = include_bytes!("../data/chromium_offer.sdp").to_vec();
    let carrier = sdp("127.0.0.2:4000", "18 8 0 101", "a=rtcp:4001\r\na=sendonly\r\na=ptime:20\r\na=rtcp-mux\r\n");
    let mut dice = Dice(0xA11CE);
    let mut lab = Lab::default();
    for n in 0..4_000 {
        let opening = Opening::AnswerRtp {
            port: Port(1),
            local: at("127.0.0.1:10002"),
            offer: dice.mutate(&carrier),
            srtp: media::Srtp::Off,
        };
        lab.order(Order::Open { leg: leg(1), opening });
        lab.order(Order::Reoffer { leg: leg(1), sdp: Some(dice.mutate(&carrier)) });
        lab.order(Order::Close { leg: leg(1) });
        if n % 8 == 0 {
            lab.order(Order::Open { leg: leg(2), opening: Opening::Browser { offer: dice.mutate(&browser) } });
            lab.order(Order::Close { leg: leg(2) });
        }
        lab.ms(1);
    }
    assert_eq!(lab.switch.legs(), 0);
    assert!(lab.facts().iter().any(|fact| matches!(fact, Fact::Opened { .. })), "some were still good");
}
