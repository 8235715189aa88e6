//! A-law (ITU-T G.711), for what is not on the packet path: recordings and the probe.

/// ITU-T G.711, A-law to linear.
pub(crate) fn decode(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (exponent, mantissa) = (code >> 4 & 7, i16::from(code & 15));
    let magnitude = match exponent {
        0 => (mantissa << 4) + 8,
        exponent => ((mantissa << 4) + 0x108) << (exponent - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// ITU-T G.711, linear to A-law.
pub(crate) fn encode(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = if sample < 0 { !sample } else { sample } >> 4;
    let exponent = (16 - magnitude.leading_zeros()).saturating_sub(4);
    let mantissa = if exponent == 0 { magnitude } else { magnitude >> (exponent - 1) } & 15;
    let code = sign | u8::try_from(exponent << 4).unwrap_or(0x70) | u8::try_from(mantissa).unwrap_or(15);
    code ^ 0x55
}
