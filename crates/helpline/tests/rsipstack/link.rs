//! A bad network between two SIP parties: from a seed it loses, doubles and reorders datagrams, in both directions.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::net::UdpSocket;

/// What the link does to datagrams, in shares of 100.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) late: u64,
}

/// Every datagram arrives, once, in order.
pub(crate) const FAIR: Weather = Weather { lost: 0, doubled: 0, late: 0 };
/// One in ten is lost, and as many are doubled and overtaken.
pub(crate) const FOUL: Weather = Weather { lost: 10, doubled: 10, late: 10 };

/// Two sockets: who is at one end talks to `near`, and is known at the other end as `far`.
pub(crate) struct Link {
    pub(crate) near: SocketAddr,
    pub(crate) far: SocketAddr,
    pub(crate) lost: Arc<AtomicU32>,
}

impl Link {
    /// Between the party at `caller` and the engine at `engine`.
    pub(crate) async fn open(caller: SocketAddr, engine: SocketAddr, seed: u64, weather: Weather) -> Link {
        let [near, far] =
            [UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await.unwrap()];
        let (near, far, lost) = (Arc::new(near), Arc::new(far), Arc::new(AtomicU32::new(0)));
        let link = Link { near: near.local_addr().unwrap(), far: far.local_addr().unwrap(), lost: lost.clone() };
        tokio::spawn(carry(near.clone(), far.clone(), engine, Dice(seed), weather, lost.clone()));
        tokio::spawn(carry(far, near, caller, Dice(!seed), weather, lost));
        link
    }
}

async fn carry(
    from: Arc<UdpSocket>,
    by: Arc<UdpSocket>,
    to: SocketAddr,
    mut dice: Dice,
    weather: Weather,
    lost: Arc<AtomicU32>,
) {
    let mut buffer = [0; 65_535];
    while let Ok((len, _)) = from.recv_from(&mut buffer).await {
        // Four throws for each, whatever becomes of it: the fate of the next does not depend on this one's.
        let [loss, double, late, delay] = [dice.throw(), dice.throw(), dice.throw(), dice.throw()];
        if loss < weather.lost {
            lost.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let send = |after: u64| {
            let (by, bytes) = (by.clone(), buffer[..len].to_vec());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                let _ = by.send_to(&bytes, to).await;
            });
        };
        if double < weather.doubled {
            send(delay);
        }
        match late < weather.late {
            true => send(10 + delay),
            // In order, unless it says otherwise.
            false => drop(by.send_to(&buffer[..len], to).await),
        }
    }
}

/// splitmix64.
struct Dice(u64);

impl Dice {
    /// 0 to 99.
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 100
    }
}
