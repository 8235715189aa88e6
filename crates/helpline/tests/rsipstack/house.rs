//! The real binary for one test: a data folder and ports of its own, everything on loopback, no Postgres.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use journal::{DirStorage, Reader};
use routing::{Event, Record};

/// A running engine and its folder.
pub(crate) struct House {
    folder: PathBuf,
    process: Child,
    pub(crate) sip: SocketAddr,
}

impl House {
    /// Starts one at `sip` and waits until it takes calls. `phone`: where an operator stands who serves everybody.
    pub(crate) fn start(sip: SocketAddr, phone: Option<SocketAddr>) -> House {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("helpline-rsipstack-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        let [pages, secure, browser] = [(); 3].map(|()| free_port());
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/helpline.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_helpline"));
        command.args([
            "--trial".as_ref(),
            "--config".as_ref(),
            config.as_os_str(),
            "--data".as_ref(),
            folder.as_os_str(),
        ]);
        command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let sockets = [("SIP__UDP", sip), ("SIP__TCP", sip), ("WEB__HTTP", pages), ("WEB__HTTPS", secure)];
        for (key, socket) in sockets {
            command.env(format!("HELPLINE_{key}"), socket.to_string());
        }
        // Nobody answers there: calls do not wait for Postgres.
        command.env("HELPLINE_DATABASE", "postgres://127.0.0.1:1/none");
        command.env("HELPLINE_MEDIA__BROWSER_PORT", browser.port().to_string());
        command.env("HELPLINE_MEDIA__BROWSER_ADDRESSES", "127.0.0.1");
        // Other tests run beside this one: below the ports that systems give away, and each where its process number says.
        let first = 20_000 + std::process::id() % 60 * 200;
        command.env("HELPLINE_MEDIA__RTP_PORTS", format!("{first},{}", first + 199));
        if let Some(phone) = phone {
            command.env("HELPLINE_OPERATOR__PHONE__URI", format!("sip:operator@{phone}"));
            command.env("HELPLINE_OPERATOR__PHONE__SKILLS", "lang:zh-CN");
        }
        let mut house = House { folder, process: command.spawn().unwrap(), sip };
        house.until("the engine takes calls", |house| {
            assert_eq!(house.process.try_wait().unwrap(), None, "the engine ended");
            TcpStream::connect(house.sip).is_ok()
        });
        house
    }

    /// Waits for what the journal says.
    pub(crate) fn until(&mut self, what: &str, mut check: impl FnMut(&mut House) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !check(self) {
            assert!(Instant::now() < deadline, "not in time: {what}; on record: {:#?}", self.journeys());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// The names of the events of each journey, in order.
    pub(crate) fn journeys(&self) -> BTreeMap<String, Vec<String>> {
        let mut journeys = BTreeMap::<String, Vec<String>>::new();
        for Record { event, .. } in self.records() {
            if let Some(journey) = event.journey() {
                journeys.entry(journey.to_string()).or_default().push(word(&event));
            }
        }
        journeys
    }

    /// Whether this has happened to any of them.
    pub(crate) fn has(&self, event: &str) -> bool {
        self.journeys().values().flatten().any(|word| word == event)
    }

    fn records(&self) -> Vec<Record> {
        let mut reader = Reader::new(DirStorage::reader(&self.folder.join("journal")), 1);
        let mut records = Vec::new();
        // One at a time: behind the last one is the end of a file that is being written.
        while let Ok(read) = reader.read(u64::MAX, 1) {
            records.extend(read.iter().map(|(_, bytes)| serde_json::from_slice::<Record>(bytes).unwrap()));
        }
        records
    }

    /// Whether there are so many journeys, each opened, owed and ended, once each.
    pub(crate) fn all_over(&self, expected: usize) -> bool {
        let journeys = self.journeys();
        let once = |events: &Vec<String>, word: &str| events.iter().filter(|event| *event == word).count() == 1;
        journeys.len() == expected
            && journeys.values().all(|events| once(events, "journey_opened") && once(events, "ended"))
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// `journey_opened`.
fn word(event: &Event) -> String {
    let value = serde_json::to_value(event).unwrap();
    value["type"].as_str().unwrap_or_default().to_owned()
}

/// An address that nobody has, for UDP and TCP.
pub(crate) fn free_port() -> SocketAddr {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = udp.local_addr().unwrap();
        if std::net::TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
