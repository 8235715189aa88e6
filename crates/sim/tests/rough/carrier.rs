//! The carrier's side: callers who call, retransmit, cancel, talk and hang up by RFC 3261, and a count of who got any response.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sim::Random;

const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);
const TIMER_B: Duration = Duration::from_secs(32);
const LINE: &str = "4008169580";
const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n";

#[derive(Debug, Default)]
pub(crate) struct Carrier {
    calls: BTreeMap<u32, Call>,
    /// Calls that a response was seen for at the moment it left us.
    pub(crate) answered: BTreeSet<u32>,
    pub(crate) out: Vec<String>,
}

#[derive(Debug)]
struct Call {
    invited: Duration,
    /// What is sent again until something answers it: text, next moment, interval.
    again: Option<(String, Duration, Duration)>,
    stays: Duration,
    cancels: Option<Duration>,
    provisional: bool,
    to: String,
    talks_until: Option<Duration>,
    over: bool,
}

/// The number of a call: each call has one of its own.
pub(crate) fn number(call: u32) -> String {
    format!("139{:08}", 10_000_000 + call)
}

fn call_of(text: &str) -> Option<u32> {
    text.lines().find_map(|line| line.strip_prefix("Call-ID: c"))?.split('@').next()?.parse().ok()
}

fn header<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

impl Carrier {
    pub(crate) fn dials(&mut self, call: u32, now: Duration, random: &mut Random) {
        let stays = random.exponential(Duration::from_secs(25));
        let cancels = random.chance(0.1).then(|| now + Duration::from_millis(random.below(800)));
        let invite = request(call, "INVITE", 1, "i", "", SDP);
        self.out.push(invite.clone());
        let again = Some((invite, now + T1, T1));
        let call_ = Call {
            invited: now,
            again,
            stays,
            cancels,
            provisional: false,
            to: String::new(),
            talks_until: None,
            over: false,
        };
        self.calls.insert(call, call_);
    }

    /// A message is about to leave us: who is answered by it?
    pub(crate) fn answered_by(text: &str) -> Option<(u32, u16)> {
        let status = text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
        header(text, "CSeq").ends_with("INVITE").then_some(())?;
        Some((call_of(text)?, status))
    }

    pub(crate) fn receives(&mut self, text: &str, now: Duration) {
        let Some(id) = call_of(text) else { return };
        if !text.starts_with("SIP/2.0 ") {
            // We hang up: the carrier says 200 whenever it hears it.
            if text.starts_with("BYE") {
                self.out.push(response_to(text));
                if let Some(call) = self.calls.get_mut(&id) {
                    (call.over, call.again, call.talks_until) = (true, None, None);
                }
            }
            return;
        }
        let status: u16 = text.get(8..11).and_then(|told| told.parse().ok()).unwrap_or(0);
        let cseq = header(text, "CSeq").to_owned();
        let Some(call) = self.calls.get_mut(&id) else { return };
        match cseq.rsplit(' ').next() {
            Some("INVITE") => match status {
                100..200 => {
                    call.provisional = true;
                    call.again = call.again.take().filter(|(text, _, _)| !text.starts_with("INVITE"));
                }
                200..300 => {
                    call.to = header(text, "To").to_owned();
                    self.out.push(request(id, "ACK", 1, "a", &call.to, ""));
                    if call.over {
                        // Cancelled too late: it is answered, and hung up.
                        call.over = false;
                    }
                    call.again = call.again.take().filter(|(text, _, _)| text.starts_with("BYE"));
                    call.cancels = None;
                    if call.talks_until.is_none() && call.again.is_none() {
                        call.talks_until = Some(now + call.stays);
                    }
                }
                _ => {
                    self.out.push(request(id, "ACK", 1, "i", header(text, "To"), ""));
                    (call.over, call.again, call.cancels) = (true, None, None);
                }
            },
            Some("BYE") => (call.over, call.again) = (true, None),
            _ => {}
        }
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        let moments = |call: &Call| {
            let again = call.again.as_ref().map(|(_, at, _)| *at);
            let cancels = call.cancels.filter(|_| !call.over);
            [again, cancels, call.talks_until].into_iter().flatten().min()
        };
        self.calls.values().filter_map(moments).min()
    }

    pub(crate) fn due(&mut self, now: Duration) {
        for (id, call) in &mut self.calls {
            if call.cancels.is_some_and(|at| at <= now) {
                call.cancels = None;
                if call.provisional {
                    // Sent once: where it is lost, the call is answered and hung up.
                    self.out.push(request(*id, "CANCEL", 1, "i", "", ""));
                }
            }
            if call.talks_until.is_some_and(|at| at <= now) {
                call.talks_until = None;
                let bye = request(*id, "BYE", 2, "b", &call.to, "");
                self.out.push(bye.clone());
                call.again = Some((bye, now + T1, T1));
            }
            if let Some((text, at, wait)) = call.again.take() {
                let given_up = now >= call.invited + TIMER_B && text.starts_with("INVITE");
                let long = wait >= T2 * 8;
                if at > now {
                    call.again = Some((text, at, wait));
                } else if !given_up && !long {
                    self.out.push(text.clone());
                    call.again = Some((text, now + wait * 2, wait * 2));
                } else {
                    call.over = true;
                }
            }
        }
    }
}

fn request(call: u32, method: &str, cseq: u32, branch: &str, to: &str, body: &str) -> String {
    let number = number(call);
    let to = if to.is_empty() { format!("<sip:{LINE}@198.51.100.1>") } else { to.to_owned() };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{method} sip:{LINE}@198.51.100.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKc{call}-{branch};rport\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:{number}@192.0.2.10>;tag=f{call}\r\n\
         To: {to}\r\n\
         Call-ID: c{call}@192.0.2.10\r\n\
         CSeq: {cseq} {method}\r\n\
         Contact: <sip:{number}@192.0.2.10:5060>\r\n\
         {kind}Content-Length: {length}\r\n\r\n{body}",
        length = body.len(),
    )
}

fn response_to(request: &str) -> String {
    let lines = ["Via", "From", "To", "Call-ID", "CSeq"].map(|name| format!("{name}: {}\r\n", header(request, name)));
    format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", lines.concat())
}
