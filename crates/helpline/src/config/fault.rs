//! What is wrong with a configuration, and where.

use std::fmt;

/// Something wrong in a file or in the environment: where it stands, under which key, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    /// Where.
    pub(crate) place: Place,
    /// The dotted key, `steps.menu.keys.4`; empty for the file as a whole.
    pub(crate) key: String,
    /// What is wrong and what to do.
    pub(crate) message: String,
    /// Whether the engine can start all the same.
    pub(crate) severity: Severity,
}

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In a file. Line and column count from 1; line 0 is the file as a whole.
    File {
        /// As it was opened.
        path: String,
        /// Line,
        line: u32,
        /// and column in characters.
        column: u32,
    },
    /// In an environment variable.
    Environment {
        /// `HELPLINE_WEB__HTTPS`.
        variable: String,
    },
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Nothing is loaded.
    Fault,
    /// Worth mending; it loads.
    Warning,
    /// Nothing is wrong; work that is left to do.
    Note,
}

impl Fault {
    /// A fault of a file as a whole.
    pub(super) fn of_file(path: impl fmt::Display, message: impl Into<String>) -> Self {
        let place = Place::File { path: path.to_string(), line: 0, column: 0 };
        Fault { place, key: String::new(), message: message.into(), severity: Severity::Fault }
    }

    /// The same, but it loads all the same.
    pub(super) fn into_warning(self) -> Self {
        Fault { severity: Severity::Warning, ..self }
    }

    /// Something to know, at no fault.
    pub(super) fn into_note(self) -> Self {
        Fault { severity: Severity::Note, ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { path, line: 0, column: _ } => f.write_str(path),
            Place::File { path, line, column } => write!(f, "{path}:{line}:{column}"),
            Place::Environment { variable } => write!(f, "environment {variable}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.key.is_empty() {
            write!(f, " {}", self.key)?;
        }
        let mark = match self.severity {
            Severity::Fault => "",
            Severity::Warning => "warning: ",
            Severity::Note => "note: ",
        };
        write!(f, ": {mark}{}", self.message)
    }
}
