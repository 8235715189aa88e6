//! Tests of the whole, against folders of files.

mod calendars;
mod flow_paths;
mod flows;
mod fuzzed;
mod heard;
mod main_file;
mod merging;
mod prompts;
mod shipped;
mod tls;
mod trunks;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Config, Overrides, check, load};

/// A folder with a small configuration that has no fault, to be spoilt; gone afterwards.
struct Folder(PathBuf);

const MAIN: &str = "\
[trunk.carrier]
addresses = [\"203.0.113.7\"]

[service.line]
numbers = [\"4000000001\"]
flow = \"open\"
closed_flow = \"open\"
calendar = \"hours\"

[queue.line]
ring_s = 20
entry = []
comfort = []
";

const FLOW: &str = "\
start = \"menu\"
queue = \"line\"

[steps.menu]
do = \"menu\"
prompts = [\"hello\"]
keys.1 = { next = \"line\" }
otherwise = \"line\"

[steps.line]
do = \"queue\"
queue = \"line\"
next = \"promise\"

[steps.promise]
do = \"say\"
prompts = [\"hello\"]
notice = true
next = \"end\"

[steps.end]
do = \"hangup\"
";

const CALENDAR: &str = "\
zone = \"Asia/Shanghai\"
checked_until = 2027-12-31

[week]
every_day = [\"09:00-21:00\"]
";

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("helpline-config-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Folder(std::env::temp_dir().join(name));
        folder.write("helpline.toml", MAIN);
        folder.write("flows/open.toml", FLOW);
        folder.write("calendars/hours.toml", CALENDAR);
        folder.write_bytes("prompts/zh-CN/hello.wav", &wav(6, 8_000, &tone(3_000.0)));
        folder.write_bytes("prompts/music/waiting.wav", &wav(6, 8_000, &tone(1_500.0)));
        folder
    }

    fn main(&self) -> PathBuf {
        self.0.join("helpline.toml")
    }

    fn write(&self, file: &str, text: &str) {
        self.write_bytes(file, text.as_bytes());
    }

    fn write_bytes(&self, file: &str, bytes: &[u8]) {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Replaces a piece of a file, which must be there once.
    fn spoil(&self, file: &str, piece: &str, with: &str) {
        let text = std::fs::read_to_string(self.0.join(file)).unwrap();
        assert_eq!(text.matches(piece).count(), 1, "{piece} in {file}");
        self.write(file, &text.replace(piece, with));
    }

    /// All faults as they are shown, paths relative to the folder.
    fn faults(&self, overrides: Overrides) -> Vec<String> {
        let root = format!("{}/", self.0.display());
        check(&self.main(), overrides).iter().map(|fault| fault.to_string().replace(&root, "")).collect()
    }

    fn load(&self, overrides: Overrides) -> Config {
        load(&self.main(), overrides).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The usual overrides: a day on which nothing expires, no variables.
fn plain() -> Overrides {
    Overrides { clock: "2026-12-01T04:00:00Z".parse().ok(), data: Some("/nonexistent".into()), ..Overrides::default() }
}

/// What a folder is told after one piece of one file was spoilt.
#[track_caller]
fn told(file: &str, piece: &str, with: &str, faults: &[&str]) {
    let folder = Folder::new();
    folder.spoil(file, piece, with);
    assert_eq!(folder.faults(plain()), faults, "{piece} → {with}");
}

#[test]
fn the_small_configuration_has_no_fault() {
    assert_eq!(Folder::new().faults(plain()), Vec::<String>::new());
}

/// One second of 500 Hz after 100 ms of silence.
fn tone(peak: f64) -> Vec<i16> {
    let sample = |n: i32| (peak * (f64::from(n) * std::f64::consts::TAU / 16.0).sin()).round();
    [0; 800].into_iter().chain((0..8_000).map(|n| sample(n) as i16)).collect()
}

/// A RIFF file of the samples, A-law (6) or PCM of 16 bits (1).
fn wav(tag: u16, rate: u32, samples: &[i16]) -> Vec<u8> {
    let (bits, data): (u16, Vec<u8>) = match tag {
        6 => (8, samples.iter().map(|sample| crate::alaw::encode(*sample)).collect()),
        _ => (16, samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()),
    };
    let bytes = u32::from(bits / 8);
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(tag.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * bytes).to_le_bytes());
    file.extend((bytes as u16).to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// The configuration that is shipped.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}
