use crate::message::Method;

/// What a message is, without anything that names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Request(Method),
    Response(u16, Method),
}

impl What {
    /// The method, and the status of a response.
    pub(crate) const fn parts(self) -> (&'static str, Option<u16>) {
        match self {
            What::Request(method) => (method.name(), None),
            What::Response(status, method) => (method.name(), Some(status)),
        }
    }
}
