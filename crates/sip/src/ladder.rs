use std::fmt;

use crate::message::Method;

/// What a message is, without anything that names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Request(Method),
    Response(u16, Method),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Request(method) => f.write_str(method.name()),
            What::Response(status, method) => write!(f, "{status} ({})", method.name()),
        }
    }
}
