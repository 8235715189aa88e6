use super::NumberClass::{self, Fixed, Foreign, Mobile, Service, Short, Switchboard, Withheld};
use super::{Dialling, PhoneNumber};

/// What a trunk may send, what it is, and its canonical form. All persons' numbers are invented.
const TABLE: &[(&str, NumberClass, &str)] = &[
    // One mobile in every shape.
    ("13912345678", Mobile, "13912345678"),
    ("013912345678", Mobile, "13912345678"),
    ("8613912345678", Mobile, "13912345678"),
    ("86013912345678", Mobile, "13912345678"),
    ("+8613912345678", Mobile, "13912345678"),
    ("+86013912345678", Mobile, "13912345678"),
    ("008613912345678", Mobile, "13912345678"),
    ("+008613912345678", Mobile, "13912345678"),
    ("868613912345678", Mobile, "13912345678"),
    ("+868613912345678", Mobile, "13912345678"),
    ("+0139 1234 5678", Mobile, "13912345678"),
    ("139-1234-5678", Mobile, "13912345678"),
    ("(+86) 139.1234.5678", Mobile, "13912345678"),
    ("１３９１２３４５６７８", Mobile, "13912345678"),
    ("＋８６　１３９－１２３４－５６７８", Mobile, "13912345678"),
    ("\u{202d}139 1234 5678\u{202c}", Mobile, "13912345678"),
    // Ways that were dialled in front of it.
    ("1795113912345678", Mobile, "13912345678"),
    ("17951013912345678", Mobile, "13912345678"),
    ("8617951013912345678", Mobile, "13912345678"),
    ("1791113912345678", Mobile, "13912345678"),
    ("1790913912345678", Mobile, "13912345678"),
    ("1259313912345678", Mobile, "13912345678"),
    ("1019313912345678", Mobile, "13912345678"),
    ("12583113912345678", Mobile, "13912345678"),
    ("17951076922345678", Fixed, "076922345678"),
    // Every block, virtual operators' and new ones too.
    ("13012345678", Mobile, "13012345678"),
    ("14512345678", Mobile, "14512345678"),
    ("14712345678", Mobile, "14712345678"),
    ("14912345678", Mobile, "14912345678"),
    ("15312345678", Mobile, "15312345678"),
    ("16212345678", Mobile, "16212345678"),
    ("16512345678", Mobile, "16512345678"),
    ("16712345678", Mobile, "16712345678"),
    ("17012345678", Mobile, "17012345678"),
    ("17112345678", Mobile, "17112345678"),
    ("17912345678", Mobile, "17912345678"),
    ("17951345678", Mobile, "17951345678"),
    ("19012345678", Mobile, "19012345678"),
    ("19212345678", Mobile, "19212345678"),
    ("19712345678", Mobile, "19712345678"),
    ("19912345678", Mobile, "19912345678"),
    // Things, not people: thirteen digits.
    ("1440012345678", Service, "1440012345678"),
    ("1064812345678", Service, "1064812345678"),
    // A number that stands for others, with what leads to one of them.
    ("17012345678转1234", Switchboard, "17012345678-1234"),
    ("13912345678-1234", Switchboard, "13912345678-1234"),
    // Fixed lines: 010, 02x, three digits; seven and eight digits behind them.
    ("01062345678", Fixed, "01062345678"),
    ("1062345678", Fixed, "01062345678"),
    ("+861062345678", Fixed, "01062345678"),
    ("+86 10 6234 5678", Fixed, "01062345678"),
    ("+86 (0)10 6234 5678", Fixed, "01062345678"),
    ("02022345678", Fixed, "02022345678"),
    ("2022345678", Fixed, "02022345678"),
    ("862022345678", Fixed, "02022345678"),
    ("0086-21-6234-5678", Fixed, "02162345678"),
    ("076922345678", Fixed, "076922345678"),
    ("76922345678", Fixed, "076922345678"),
    ("8676922345678", Fixed, "076922345678"),
    ("86076922345678", Fixed, "076922345678"),
    ("+86-769-2234-5678", Fixed, "076922345678"),
    ("769-2234-5678", Fixed, "076922345678"),
    ("0769-22345678", Fixed, "076922345678"),
    ("０７６９－２２３４５６７８", Fixed, "076922345678"),
    ("03762345678", Fixed, "03762345678"),
    ("3762345678", Fixed, "03762345678"),
    ("0663 234 5678", Fixed, "06632345678"),
    ("089822345678", Fixed, "089822345678"),
    ("099122345678", Fixed, "099122345678"),
    ("9512345678", Fixed, "09512345678"),
    // Within its own area.
    ("22345678", Fixed, "22345678"),
    ("2234567", Fixed, "2234567"),
    // Switchboards by their looks, and by their extensions.
    ("076988888000", Switchboard, "076988888000"),
    ("0769-8833-5500", Switchboard, "076988335500"),
    ("02023456666", Switchboard, "02023456666"),
    ("075588881111", Switchboard, "075588881111"),
    ("88335500", Switchboard, "88335500"),
    ("0769-22345678-8012", Switchboard, "076922345678-8012"),
    ("0769-22345678转8012", Switchboard, "076922345678-8012"),
    ("0769-22345678 转分机 8012", Switchboard, "076922345678-8012"),
    ("076922345678 ext. 8012", Switchboard, "076922345678-8012"),
    ("076922345678x8012", Switchboard, "076922345678-8012"),
    ("076922345678,8012", Switchboard, "076922345678-8012"),
    ("076922345678＃８０１２", Switchboard, "076922345678-8012"),
    ("+86 769 22345678;ext=8012", Switchboard, "076922345678-8012"),
    ("07692234567转8", Switchboard, "07692234567-8"),
    // Services, banks, advertisers, call centres.
    ("95588", Service, "95588"),
    ("+8695588", Service, "95588"),
    ("+95588", Service, "95588"),
    ("095588", Service, "95588"),
    ("076995588", Service, "076995588"),
    ("075512345", Service, "075512345"),
    ("96110", Service, "96110"),
    ("9501312345", Service, "9501312345"),
    ("10690001234", Service, "10690001234"),
    ("106575258192101", Service, "106575258192101"),
    ("10086", Service, "10086"),
    ("1008611", Service, "1008611"),
    ("4008169580", Service, "4008169580"),
    ("+864008169580", Service, "4008169580"),
    ("04008169580", Service, "4008169580"),
    ("8008101234", Service, "8008101234"),
    // Other countries; Hong Kong, Macau, Taiwan.
    ("+85291234567", Foreign, "+85291234567"),
    ("0085291234567", Foreign, "+85291234567"),
    ("85291234567", Foreign, "+85291234567"),
    ("085291234567", Foreign, "+85291234567"),
    ("85366123456", Foreign, "+85366123456"),
    ("+886912345678", Foreign, "+886912345678"),
    ("+12125551234", Foreign, "+12125551234"),
    ("0012125551234", Foreign, "+12125551234"),
    // By its plus it is North America's; a trunk that forgets 86 has a rewrite rule.
    ("+13912345678", Foreign, "+13912345678"),
    ("+84 24 3825 1234", Foreign, "+842438251234"),
    // Inner and other short numbers.
    ("8012", Short, "8012"),
    ("601234", Short, "601234"),
    ("12351", Short, "12351"),
    ("110", Short, "110"),
    // Nobody.
    ("", Withheld, ""),
    ("   ", Withheld, ""),
    ("+", Withheld, ""),
    ("-", Withheld, ""),
    ("0", Withheld, ""),
    ("0000", Withheld, ""),
    ("00000000000", Withheld, ""),
    ("+0000", Withheld, ""),
    ("anonymous", Withheld, ""),
    ("Anonymous", Withheld, ""),
    ("unavailable", Withheld, ""),
    ("unknown", Withheld, ""),
    ("Restricted", Withheld, ""),
    ("private", Withheld, ""),
    ("asserted-unknown", Withheld, ""),
    ("#31#13912345678", Withheld, ""),
    ("1391234567a", Withheld, ""),
    ("厂里的电话", Withheld, ""),
    ("1234567890123456789012345", Withheld, ""),
];

#[test]
fn every_caller_id_is_what_the_table_says() {
    for (raw, class, canonical) in TABLE {
        let number = PhoneNumber::parse(raw);
        assert_eq!((number.class(), number.canonical()), (*class, *canonical), "{raw}");
    }
}

#[test]
fn the_table_has_every_class() {
    for class in [Mobile, Fixed, Switchboard, Service, Foreign, Short, Withheld] {
        assert!(TABLE.iter().any(|(_, other, _)| *other == class), "{class:?}");
    }
}

#[test]
fn line_and_extension_are_told_apart() {
    let number = PhoneNumber::parse("0769-22345678转8012");
    assert_eq!((number.line(), number.extension()), ("076922345678", Some("8012")));
    let number = PhoneNumber::parse("076922345678");
    assert_eq!((number.line(), number.extension()), ("076922345678", None));
}

/// Rule 7: unasked only mobiles; fixed lines once asked. Rule 8: nothing else ever. Rule 3: what goes to review.
#[test]
fn rules_3_7_and_8_by_class() {
    let rules = |raw: &str| {
        let class = PhoneNumber::parse(raw).class();
        (class.dialling(), class.is_noise())
    };
    assert_eq!(rules("13912345678"), (Dialling::Unasked, false));
    assert_eq!(rules("076922345678"), (Dialling::Asked, false));
    assert_eq!(rules("076988888000"), (Dialling::Asked, false));
    assert_eq!(rules("13912345678转1234"), (Dialling::Asked, false));
    assert_eq!(rules("95588"), (Dialling::Never, true));
    assert_eq!(rules("+85291234567"), (Dialling::Never, true));
    assert_eq!(rules("8012"), (Dialling::Never, false));
    assert_eq!(rules("anonymous"), (Dialling::Never, false));
}

#[test]
fn masks_keep_too_little_to_dial() {
    for (raw, masked) in [
        ("13912348096", "139****8096"),
        ("076922345678", "0769****78"),
        ("01062345678", "010****78"),
        ("22345678", "****78"),
        ("076922345678转8012", "0769****78"),
        ("+85291234567", "+***"),
        ("95588", "***"),
        ("", ""),
    ] {
        assert_eq!(PhoneNumber::parse(raw).masked(), masked, "{raw}");
    }
}

proptest::proptest! {
    #[test]
    fn no_caller_id_panics_and_what_is_canonical_stays_so(
        raw in "\\PC{0,24}",
        digits in "[+]?0{0,3}(86)?0?[0-9]{0,20}",
        extended in "0?[0-9]{7,12}(-|转|x)[0-9]{1,8}",
    ) {
        for text in [raw, digits, extended] {
            let number = PhoneNumber::parse(&text);
            number.masked();
            proptest::prop_assert_eq!(&PhoneNumber::parse(number.canonical()), &number, "{}", text);
        }
    }
}
