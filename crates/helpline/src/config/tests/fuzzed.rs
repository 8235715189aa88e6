//! Files as somebody might spoil them: every fault is told, nothing panics, nothing goes on for ever.

use std::time::{Duration, Instant};

use super::{Folder, plain, shipped};
use crate::config::check;

/// Files tried in the short form.
const INPUTS: u64 = 400;

/// Mutates one file of the small configuration, beginning with these texts.
fn spoilt(file: &str, mut corpus: Vec<Vec<u8>>) {
    let folder = Folder::new();
    corpus.push(std::fs::read(folder.0.join(file)).unwrap());
    let once = |input: &[u8]| {
        folder.write_bytes(file, input);
        let begin = Instant::now();
        check(&folder.main(), plain());
        assert!(begin.elapsed() < Duration::from_secs(5), "checking takes for ever: {}", folder.0.display());
    };
    fuzz::mutate(&corpus, fuzz::Extent::short(INPUTS), once, || {});
}

fn flow(name: &str) -> Vec<u8> {
    std::fs::read(shipped().join("flows").join(name)).unwrap()
}

#[test]
fn a_flow_may_be_anything() {
    spoilt("flows/open.toml", vec![flow("hotline.toml"), flow("closed.toml"), flow("probe.toml")]);
}

#[test]
fn the_main_file_may_be_anything() {
    let trunk = b"[trunk.out]\nsend_to = \"sip:sbc.example;transport=tcp\"\npresents = \"4000000001\"\n\
                  format = [{ prefix = \"1\", put = \"+861\" }]\nlogin = { user = \"a\", password = \"b\" }\n\
                  cents_per_minute = { \"\" = 1, \"0769\" = 5 }\n[dial_plan]\nreferrals = { mind = \"12356\" }\n";
    spoilt("helpline.toml", vec![std::fs::read(shipped().join("helpline.toml")).unwrap(), trunk.to_vec()]);
}
