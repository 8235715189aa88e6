use super::{Folder, plain, told};
use crate::config::Trust;

const MAIN: &str = "helpline.toml";
const ADDRESSES: &str = "addresses = [\"203.0.113.7\"]";

/// A certificate and its key, in PEM.
fn write_pair(folder: &Folder, name: &str) {
    let made = folder.0.join(name);
    web::Tls::SelfMade { folder: made.clone(), names: vec![] }.identity().unwrap();
    for (from, to) in [("certificate.pem", "pem"), ("key.pem", "key")] {
        std::fs::copy(made.join(from), folder.0.join(format!("{name}.{to}"))).unwrap();
    }
}

#[test]
fn files_of_tls_are_read_at_once_and_their_faults_are_told() {
    let fault = |tls: &str, faults: &[&str]| {
        let folder = Folder::new();
        for name in ["a", "b"] {
            write_pair(&folder, name);
        }
        folder.spoil(MAIN, ADDRESSES, &format!("{ADDRESSES}\ntls = {{ {tls} }}"));
        let found: Vec<String> = folder.faults(plain()).iter().map(|fault| without_column(fault)).collect();
        assert_eq!(found, faults, "{tls}");
    };
    fault("pinned = \"a.pem\", certificate = \"b.pem\", key = \"b.key\"", &[]);
    fault("roots = \"a.pem\", name = \"sip.carrier.example\", demand = true", &[]);
    fault(
        "pinned = \"a.pem\", roots = \"b.pem\"",
        &["helpline.toml:3 trunk.carrier.tls.pinned: leaves nothing for roots to vouch for; name one of the two"],
    );
    fault(
        "demand = true",
        &[
            "helpline.toml:3 trunk.carrier.tls.demand: with the system's authorities would let in whoever has any certificate; name roots or pinned",
        ],
    );
    fault("certificate = \"a.pem\"", &["helpline.toml:3 trunk.carrier.tls.certificate: needs key beside it"]);
    fault("pinned = \"a.key\"", &["helpline.toml:3 trunk.carrier.tls.pinned: there is no certificate in a.key"]);
    fault(
        "name = \"not a name\"",
        &["helpline.toml:3 trunk.carrier.tls.name: \"not a name\" is not a host name, like sip.carrier.example"],
    );
    fault(
        "verify = false",
        &[
            "helpline.toml:3 trunk.carrier.tls.verify: is no setting; there is: name, roots, pinned, certificate, key, demand",
        ],
    );
}

#[test]
fn a_key_that_does_not_fit_is_told() {
    let folder = Folder::new();
    for name in ["a", "b"] {
        write_pair(&folder, name);
    }
    folder.spoil(MAIN, ADDRESSES, &format!("{ADDRESSES}\ntls = {{ certificate = \"a.pem\", key = \"b.key\" }}"));
    let faults = folder.faults(plain());
    assert!(
        faults.len() == 1 && faults[0].contains("trunk.carrier.tls.key: does not fit the certificate"),
        "{faults:?}"
    );
}

#[test]
fn who_may_vouch_is_the_system_unless_somebody_is_named() {
    let folder = Folder::new();
    write_pair(&folder, "a");
    folder.spoil(MAIN, ADDRESSES, &format!("{ADDRESSES}\ntls = {{ name = \"sip.carrier.example\" }}"));
    let peers = folder.load(plain()).tls.peers;
    assert!(matches!(peers.as_slice(), [peer] if matches!(peer.trust, Trust::System) && !peer.demand));
    told(MAIN, ADDRESSES, ADDRESSES, &[]);
}

/// `file:line key: …` of `file:line:column key: …`.
fn without_column(fault: &str) -> String {
    let (place, rest) = fault.split_once(' ').unwrap();
    let (line, _) = place.rsplit_once(':').unwrap();
    format!("{line} {rest}")
}

#[test]
fn who_is_called_over_tls_needs_a_socket_that_listens() {
    let desk = |uri: &str, more: &str| {
        let folder = Folder::new();
        let trunk = format!("{ADDRESSES}\n{more}\n[operator.desk]\nuri = \"{uri}\"\nskills = []");
        folder.spoil(MAIN, ADDRESSES, &trunk);
        folder.faults(plain()).len()
    };
    assert_eq!(desk("sip:a@192.0.2.7", ""), 0);
    assert_eq!(desk("sips:a@192.0.2.7", ""), 1);
    assert_eq!(desk("sip:a@192.0.2.7;transport=tls", ""), 1);
    assert_eq!(desk("sips:a@192.0.2.7", "[sip]\ntls = [\"192.0.2.1:5061\"]"), 0);
}
