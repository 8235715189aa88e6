use crate::message::{Head, Message, Method, Name};

/// What matches a message to its transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    text: String,
    method: Method,
}

impl Key {
    /// Of a request, as the transaction of `method` (RFC 3261 §17.2.3): ACK and CANCEL belong to an INVITE by its key.
    pub(crate) fn of_request(request: &Message<'_>, head: &Head<'_>, method: Method) -> Self {
        let port = head.via.port.unwrap_or(5060);
        let text = match head.via.branch() {
            Some(branch) => format!("{branch} {} {port}", head.via.host),
            // Without the magic cookie: Request-URI, From tag, Call-ID, CSeq number and the top Via. The To tag is left out, so that the
            // ACK, which has one, matches too.
            None => format!(
                "2543 {} {} {} {} {}",
                request.request_uri(),
                head.from.tag().unwrap_or_default(),
                head.call_id,
                head.cseq.number,
                String::from_utf8_lossy(request.list(Name::Via).next().unwrap_or_default()),
            ),
        };
        Key { text, method }
    }

    /// Of a response to us, or of a request of ours: the branch is ours and unique (§17.1.3).
    pub(crate) fn of_branch(branch: &str, method: Method) -> Self {
        Key { text: branch.to_owned(), method }
    }

    /// The branch, of a request of ours.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// What tells that a request came by two paths (RFC 3261 §8.2.2.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MergeKey(String);

impl MergeKey {
    /// Of a request outside any dialog.
    pub(crate) fn of(head: &Head<'_>) -> Self {
        let tag = head.from.tag().unwrap_or_default();
        MergeKey(format!("{tag} {} {} {}", head.cseq.number, head.cseq.method.name(), head.call_id))
    }
}
