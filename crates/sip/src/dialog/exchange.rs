//! Offer and answer in a dialog: what may be asked now, and what must wait (RFC 3261 §14, RFC 3311 §5, RFC 6337 §4).

/// How far the two are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// Their INVITE has no final response yet.
    Invited,
    /// Our INVITE, an offer, has no answer yet.
    Calling,
    /// Our INVITE has no final response yet, but its offer was answered in a reliable provisional.
    Early,
    /// Nothing is open.
    Still,
    /// Their re-INVITE waits for us.
    TheirInvite,
    /// Their UPDATE, an offer, waits for us.
    TheirUpdate,
    /// Our re-INVITE, an offer, has no final response yet.
    OurInvite,
    /// Our UPDATE, which offers nothing, has no final response yet.
    OurUpdate,
    /// Our 2xx, an answer, has no ACK yet.
    Unacked,
    /// Our 2xx, an offer, has no ACK yet; the answer comes with it.
    Offered,
    /// There is no session any more.
    Over,
}

/// What someone wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Their INVITE within the dialog.
    Invite,
    /// Their UPDATE with an offer.
    UpdateWithOffer,
    /// Their UPDATE without one.
    Update,
    /// We: a re-INVITE of our own.
    OwnInvite,
    /// We: an UPDATE without an offer.
    OwnUpdate,
}

/// Whether they have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Granted,
    /// 500 with a Retry-After between 0 and 10 s: an offer of theirs is not answered yet.
    Busy,
    /// 491: an offer of ours is not answered yet.
    Glare,
    /// 481.
    Gone,
    /// Of our own: not now.
    Wait,
}

/// The table.
pub(crate) fn verdict(exchange: Exchange, wish: Wish) -> Verdict {
    use Exchange::{
        Calling, Early, Invited, Offered, OurInvite, OurUpdate, Over, Still, TheirInvite, TheirUpdate, Unacked,
    };
    use Wish::{Invite, OwnInvite, OwnUpdate, Update, UpdateWithOffer};
    match (exchange, wish) {
        (Over, Invite | UpdateWithOffer | Update) => Verdict::Gone,
        // RFC 3261 §14.2: "a second INVITE before it sends the final response to a first INVITE".
        (Invited | TheirInvite | TheirUpdate, Invite) => Verdict::Busy,
        // RFC 3261 §14.2: "while an INVITE it had sent on that dialog is in progress". A 2xx whose ACK is under way: RFC 5407 §3.1.4.
        (Calling | Early | OurInvite | Unacked | Offered, Invite) => Verdict::Glare,
        // RFC 3311 §5.2: "has received an offer … to which it has not yet generated an answer".
        (Invited | TheirInvite | TheirUpdate, UpdateWithOffer) => Verdict::Busy,
        // RFC 3311 §5.2: "has sent an offer … to which it has not yet received an answer".
        (Calling | OurInvite | Offered, UpdateWithOffer) => Verdict::Glare,
        // RFC 3311 §5.2: "before the UAS has generated a final response to a previous UPDATE".
        (TheirUpdate, Update) => Verdict::Busy,
        (Still | OurUpdate, Invite)
        | (Early | Still | OurUpdate | Unacked, UpdateWithOffer)
        | (Invited | Calling | Early | Still | TheirInvite | OurInvite | OurUpdate | Unacked | Offered, Update) => {
            Verdict::Granted
        }
        (Still, OwnInvite | OwnUpdate) => Verdict::Granted,
        (
            Invited | Calling | Early | TheirInvite | TheirUpdate | OurInvite | OurUpdate | Unacked | Offered | Over,
            OwnInvite | OwnUpdate,
        ) => Verdict::Wait,
    }
}
