use std::fmt;

/// Something that identifies a person. It prints as dots, whatever the format; `reveal` is the one way to what it holds, and greppable.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps what must not be printed.
    pub fn new(value: T) -> Self {
        Pii(value)
    }

    /// Opens the wrapper. Each caller of this is a place to review.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// Opens the wrapper for good.
    pub fn into_revealed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing_of_what_it_holds() {
        let secret = Pii::new("13800138000".to_owned());
        let printed = format!("{secret} {secret:?} {secret:#?}");
        assert!(!printed.contains("138"), "{printed}");
    }
}
