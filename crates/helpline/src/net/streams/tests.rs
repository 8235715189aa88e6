use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream as Plain};
use std::sync::atomic::{AtomicU32, Ordering};

use mio::{Events, Poll};

use super::*;
use crate::config::SipTls;

const FIRST: usize = 1024;

/// Connections, with what they are accepted from. Time stands still unless a test says otherwise.
struct Scene {
    connections: Connections,
    poll: Poll,
    listener: TcpListener,
}

impl Scene {
    fn new(known: bool) -> Scene {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("helpline-streams-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        let own = web::Tls::SelfMade { folder: folder.clone(), names: vec![] }.identity().unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        let home = sip::Trunk {
            name: "home".into(),
            addresses: vec![(Ipv4Addr::LOCALHOST.into(), 8)],
            ..sip::Trunk::default()
        };
        let settings = SipTls { known: known.then_some(home).into_iter().collect(), ..SipTls::default() };
        let poll = Poll::new().unwrap();
        let tls = Tls::new(&settings, Some(&own)).unwrap();
        let connections = Connections::new(poll.registry().try_clone().unwrap(), tls, FIRST);
        Scene { connections, poll, listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    /// Somebody connects; returns their end.
    fn accept(&mut self, transport: Transport, now: Mono) -> Plain {
        let theirs = Plain::connect(self.listener.local_addr().unwrap()).unwrap();
        let (ours, remote) = self.listener.accept().unwrap();
        ours.set_nonblocking(true).unwrap();
        let local = self.listener.local_addr().unwrap();
        self.connections.accept(TcpStream::from_std(ours), transport, (local, remote), now).unwrap();
        theirs
    }

    /// What the first connection says next, once it is ready.
    fn hear(&mut self, now: Mono) -> Option<Heard> {
        let mut events = Events::with_capacity(8);
        self.poll.poll(&mut events, Some(Duration::from_millis(200))).unwrap();
        self.connections.hear(Token(FIRST), &mut [0; 4096], now)
    }
}

fn at(seconds: u64) -> Mono {
    Mono(Duration::from_secs(seconds))
}

fn is_over(mut theirs: Plain) -> bool {
    let mut rest = Vec::new();
    // A reset is an end, too.
    theirs.read_to_end(&mut rest).map_or(true, |_| true)
}

#[test]
fn a_handshake_that_is_not_done_in_ten_seconds_is_given_up_even_of_a_trunk() {
    for said in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut scene = Scene::new(true);
        let mut theirs = scene.accept(Transport::Tls, at(5));
        theirs.write_all(said).unwrap();
        assert!(scene.hear(at(6)).is_none());
        assert_eq!(scene.connections.next_timeout(), Some(at(15)));
        assert_eq!(scene.connections.expire(at(14)), None);
        let flow = scene.connections.expire(at(15)).unwrap();
        assert_eq!((flow.transport, flow.remote), (Transport::Tls, theirs.local_addr().unwrap()));
        assert_eq!(scene.connections.next_timeout(), None);
        assert!(is_over(theirs));
    }
}

#[test]
fn what_is_no_tls_is_closed_at_once() {
    let mut scene = Scene::new(true);
    let mut theirs = scene.accept(Transport::Tls, at(0));
    theirs.write_all(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n").unwrap();
    assert!(matches!(scene.hear(at(0)), Some(Heard::Closed { .. })));
    assert!(is_over(theirs));
}

#[test]
fn a_silent_stranger_is_closed_and_a_silent_trunk_is_not() {
    for known in [false, true] {
        let mut scene = Scene::new(known);
        let mut theirs = scene.accept(Transport::Tcp, at(0));
        theirs.write_all(b"\r\n\r\n").unwrap();
        assert!(matches!(scene.hear(at(8)), Some(Heard::Bytes { len: 4, .. })));
        assert_eq!(scene.connections.next_timeout(), (!known).then_some(at(40)));
        assert_eq!(scene.connections.expire(at(40)).is_some(), !known);
    }
}

#[test]
fn strangers_begin_few_handshakes_in_a_second() {
    let mut scene = Scene::new(false);
    let begun = |scene: &mut Scene, second| {
        (0..100).filter(|_| scene.connections.takes_stranger(Transport::Tls, at(second))).count()
    };
    assert_eq!(begun(&mut scene, 1), 20);
    assert_eq!(begun(&mut scene, 2), 20);
    assert!(scene.connections.takes_stranger(Transport::Tcp, at(2)));
}

#[test]
fn who_does_not_read_is_closed_before_much_waits() {
    let mut scene = Scene::new(true);
    let theirs = scene.accept(Transport::Tcp, at(0));
    assert!(scene.hear(at(0)).is_none());
    let flow = scene.connections.open.values().next().unwrap().flow;
    for _ in 0..1000 {
        scene.connections.send(flow, &[b'x'; 65_536], at(0)).unwrap();
        assert!(scene.connections.open.values().all(|open| open.unsent.len() <= MAX_UNSENT));
    }
    assert!(matches!(scene.hear(at(0)), Some(Heard::Closed { .. })));
    drop(theirs);
}

#[test]
fn a_connection_that_a_peer_opened_is_not_taken_for_one_that_proved_who_it_is() {
    let mut scene = Scene::new(true);
    let _theirs = scene.accept(Transport::Tls, at(0));
    let flow = scene.connections.open.values().next().unwrap().flow;
    assert_eq!(scene.connections.find(Flow { connection: None, ..flow }), None);
    let mut scene = Scene::new(true);
    let _theirs = scene.accept(Transport::Tcp, at(0));
    let flow = scene.connections.open.values().next().unwrap().flow;
    assert!(scene.connections.find(Flow { connection: None, ..flow }).is_some());
    assert_eq!(scene.connections.find(Flow { connection: None, transport: Transport::Tls, ..flow }), None);
}
