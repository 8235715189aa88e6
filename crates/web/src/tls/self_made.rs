use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};

use super::TlsError;

/// The longest life that Apple's platforms accept of a certificate from an authority of one's own.
const LIFE_DAYS: i64 = 825;
/// Made anew this long before its end.
const RENEW_DAYS: i64 = 30;

/// Where the pair is kept.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
    /// What the pair was made for, so that it is known without parsing it.
    label: PathBuf,
}

/// Makes a certificate for localhost and the names, unless one is there already.
pub(super) fn ensure(folder: &Path, names: &[String], now: Timestamp) -> Result<Files, TlsError> {
    let files = Files {
        certificate: folder.join("certificate.pem"),
        key: folder.join("key.pem"),
        label: folder.join("made-for.txt"),
    };
    let names = all_names(names);
    if !is_good(&files, &names, now) {
        make(folder, &files, &names, now)?;
    }
    Ok(files)
}

fn all_names(names: &[String]) -> Vec<String> {
    let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let further = names.iter().filter(|name| !own.contains(name)).cloned();
    own.iter().cloned().chain(further).collect()
}

fn is_good(files: &Files, names: &[String], now: Timestamp) -> bool {
    let Ok(label) = fs::read_to_string(&files.label) else { return false };
    let mut lines = label.lines();
    let end = lines.next().and_then(|line| line.parse::<Timestamp>().ok());
    let long_enough = end.is_some_and(|end| end.duration_since(now) > days(RENEW_DAYS));
    long_enough && lines.eq(names.iter().map(String::as_str)) && files.certificate.exists() && files.key.exists()
}

fn make(folder: &Path, files: &Files, names: &[String], now: Timestamp) -> Result<(), TlsError> {
    let end = now.checked_add(days(LIFE_DAYS)).unwrap_or(Timestamp::MAX);
    let mut params = CertificateParams::new(names.to_vec())?;
    let midnight_of = |at: Timestamp| {
        let date = at.to_zoned(TimeZone::UTC).date();
        rcgen::date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    params.not_before = midnight_of(now);
    params.not_after = midnight_of(end);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "helpline, made by itself");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let label = format!("{end}\n{}\n", names.join("\n"));

    fs::create_dir_all(folder).map_err(|source| TlsError::File { path: folder.to_owned(), source })?;
    write(&files.key, &key.serialize_pem(), 0o600)?;
    write(&files.certificate, &certificate.pem(), 0o644)?;
    write(&files.label, &label, 0o644)
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), TlsError> {
    let whole = || -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    whole().map_err(|source| TlsError::File { path: path.to_owned(), source })
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}
