use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// The most that may be verified at a time: each takes 19 MiB and a core for some tens of milliseconds.
const AT_A_TIME: usize = 2;
/// The longest password that is looked at.
const LONGEST: usize = 256;

/// A password that could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too short to be one, or so long that it is none.
    #[error("a password has 8 to 256 bytes")]
    Length,
    /// The system gave no entropy for the salt.
    #[error("failed to draw a salt")]
    Entropy(#[source] getrandom::Error),
    /// Argon2 refused.
    #[error("failed to hash the password: {0}")]
    Argon2(argon2::password_hash::Error),
}

/// Hashes a password into an Argon2id PHC string (OWASP's parameters: 19 MiB, two passes, one lane), with a salt of its own.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    if !(8..=LONGEST).contains(&password.len()) {
        return Err(HashError::Length);
    }
    hash(password)
}

fn hash(password: &str) -> Result<String, HashError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(HashError::Entropy)?;
    let salt = SaltString::encode_b64(&salt).map_err(HashError::Argon2)?;
    Argon2::default().hash_password(password.as_bytes(), &salt).map(|phc| phc.to_string()).map_err(HashError::Argon2)
}

/// Verifies passwords, a few at a time, on threads that may block.
#[derive(Debug)]
pub(crate) struct Verifier {
    turns: Semaphore,
    nobody: String,
}

impl Verifier {
    /// Prepares the hash that unknown names are checked against, so that they cost what known ones cost.
    pub(crate) fn new() -> Result<Self, HashError> {
        Ok(Verifier { turns: Semaphore::new(AT_A_TIME), nobody: hash("nobody has this password")? })
    }

    /// Whether the password is the one behind the PHC string. No string: false, after the same work.
    pub(crate) async fn verify(&self, phc: Option<String>, password: String) -> Result<bool, Failure> {
        let _turn = self.turns.acquire().await.map_err(|_| Failure::EngineAway)?;
        let known = phc.is_some() && password.len() <= LONGEST;
        let phc = phc.unwrap_or_else(|| self.nobody.clone());
        let right = tokio::task::spawn_blocking(move || matches(&phc, &password)).await.unwrap_or(false);
        Ok(known && right)
    }
}

fn matches(phc: &str, password: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|phc| Argon2::default().verify_password(password.as_bytes(), &phc).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tells_the_right_password_from_wrong_ones_and_from_nobodys() {
        let phc = hash_password("correct horse").unwrap();
        assert!(phc.starts_with("$argon2id$"));
        assert_ne!(phc, hash_password("correct horse").unwrap(), "each has a salt of its own");
        let verifier = Verifier::new().unwrap();
        assert_eq!(verifier.verify(Some(phc.clone()), "correct horse".into()).await, Ok(true));
        assert_eq!(verifier.verify(Some(phc), "correct horsf".into()).await, Ok(false));
        assert_eq!(verifier.verify(None, "nobody has this password".into()).await, Ok(false));
        assert_eq!(verifier.verify(Some("no PHC".into()), "no PHC".into()).await, Ok(false));
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert!(matches!(hash_password("1234567"), Err(HashError::Length)));
        assert!(matches!(hash_password(&"x".repeat(257)), Err(HashError::Length)));
    }
}
