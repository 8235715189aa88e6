//! The two tables, whole.

use std::fmt::Write;

use super::exchange::{Exchange, Wish, verdict};
use super::session::outcome;
use crate::message::Method;

#[test]
fn what_may_be_asked_when_is_as_rfc_3261_14_and_rfc_3311_5_say() {
    let exchanges = [
        Exchange::Invited,
        Exchange::Calling,
        Exchange::Early,
        Exchange::Still,
        Exchange::TheirInvite,
        Exchange::TheirUpdate,
        Exchange::OurInvite,
        Exchange::OurUpdate,
        Exchange::Unacked,
        Exchange::Offered,
        Exchange::Over,
    ];
    let wishes = [Wish::Invite, Wish::UpdateWithOffer, Wish::Update, Wish::OwnInvite, Wish::OwnUpdate];
    let mut table = String::new();
    for exchange in exchanges {
        for wish in wishes {
            let verdict = format!("{:?}", verdict(exchange, wish));
            writeln!(table, "{:12} {:16} {verdict}", format!("{exchange:?}"), format!("{wish:?}")).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_comes_of_a_refresh_is_as_rfc_4028_7_and_10_say() {
    let mut table = String::new();
    for method in [Method::Update, Method::Invite] {
        for status in
            [200, 202, 301, 400, 401, 403, 404, 405, 408, 415, 420, 422, 480, 481, 487, 488, 491, 500, 501, 503, 603]
        {
            writeln!(table, "{:6} {status} {:?}", method.name(), outcome(method, status)).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

mod session {
    use super::super::session::{Refresher, Said, Term};

    fn said(supported: bool, expires: Option<(u32, Option<Refresher>)>, least_s: Option<u32>) -> Said {
        Said { supported, expires, least_s }
    }

    fn answered(said: Said, wish_s: u32) -> Option<(u32, Refresher)> {
        said.answer(wish_s).map(|term| (term.interval_s, term.refresher))
    }

    /// RFC 4028 §9, table 2.
    #[test]
    fn who_refreshes_is_as_asked_and_we_where_nobody_says() {
        use Refresher::{Uac, Uas};
        assert_eq!(answered(said(true, Some((600, Some(Uac))), None), 1800), Some((600, Uac)));
        assert_eq!(answered(said(true, Some((600, Some(Uas))), None), 1800), Some((600, Uas)));
        assert_eq!(answered(said(true, Some((600, None)), None), 1800), Some((600, Uas)));
        assert_eq!(answered(said(true, None, None), 1800), Some((1800, Uas)));
        // A proxy asks, its client knows nothing of it.
        assert_eq!(answered(said(false, Some((600, None)), None), 1800), Some((600, Uas)));
        assert_eq!(answered(said(false, None, None), 1800), None);
    }

    #[test]
    fn the_interval_is_lowered_to_our_wish_but_not_below_theirs_and_never_raised() {
        let interval = |asked, least, wish| answered(said(true, asked, least), wish).map(|(interval_s, _)| interval_s);
        assert_eq!(interval(Some((7200, None)), None, 1800), Some(1800));
        assert_eq!(interval(Some((7200, None)), Some(3600), 1800), Some(3600));
        assert_eq!(interval(Some((600, None)), None, 1800), Some(600));
        assert_eq!(interval(Some((7200, None)), None, 0), Some(7200));
        assert_eq!(interval(None, Some(3600), 1800), Some(3600));
        assert_eq!(interval(None, None, 0), None);
    }

    #[test]
    fn too_small_is_below_90_s_and_only_for_who_understands_it() {
        assert!(said(true, Some((89, None)), None).is_too_small());
        assert!(!said(true, Some((90, None)), None).is_too_small());
        assert!(!said(false, Some((60, None)), None).is_too_small());
        assert_eq!(answered(said(false, Some((60, None)), None), 1800), None);
    }

    #[test]
    fn a_2xx_that_says_nothing_agrees_on_nothing() {
        assert_eq!(said(true, None, None).settled(), None);
        assert_eq!(said(true, Some((89, None)), None).settled(), None);
        let term = Term { interval_s: 1800, refresher: Refresher::Uac };
        assert_eq!(said(true, Some((1800, None)), None).settled(), Some(term));
    }

    #[test]
    fn who_waits_gives_up_32_s_or_a_third_before_the_interval_is_over() {
        let ends = |interval_s, ours| Term { interval_s, refresher: Refresher::Uas }.ends_after(ours).as_secs();
        assert_eq!((ends(1800, false), ends(96, false), ends(90, false)), (1768, 64, 60));
        assert_eq!(ends(90, true), 90);
    }
}
