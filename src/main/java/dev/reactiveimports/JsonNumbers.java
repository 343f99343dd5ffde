package dev.reactiveimports;

/**
 * Reads numbers in plain notation, an optional minus and digits, from the parser's own characters: without garbage, and
 * alike for a JSON number and for the same number as a JSON string, which is how protobuf writes int64.
 */
final class JsonNumbers {

    // 15 digits and 22 powers of ten are exact as double, hence one division rounds correctly
    private static final int EXACT_DIGITS = 15;
    private static final double[] TENS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};

    private JsonNumbers() {}

    /** The integer; throws {@link NumberFormatException} unless it is one of at most 64 bits. */
    static long integer(char[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = length > 0 && text[offset] == '-';
        int i = negative ? offset + 1 : offset;
        if (i == end || length > 20) {
            throw new NumberFormatException("no int64");
        }
        long value = 0; // negated, because the range reaches one further below zero
        for (; i < end; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                throw new NumberFormatException("no int64");
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw new NumberFormatException("no int64");
        }
        return negative ? value : -value;
    }

    /** The decimal, rounded correctly; NaN unless it is plain, with digits on both sides of its point, if there is one. */
    static double decimal(char[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = length > 0 && text[offset] == '-';
        int from = negative ? offset + 1 : offset;
        long value = 0;
        int point = -1;
        for (int i = from; i < end; i++) {
            int digit = text[i] - '0';
            if (digit >= 0 && digit <= 9) {
                value = value * 10 + digit; // overflows only where the digits are counted out below
            } else if (text[i] == '.' && point < 0 && i > from && i < end - 1) {
                point = i;
            } else {
                return Double.NaN;
            }
        }
        if (from == end) {
            return Double.NaN;
        }
        int digits = end - from - (point < 0 ? 0 : 1);
        if (digits > EXACT_DIGITS) {
            return Double.parseDouble(new String(text, offset, length));
        }
        double exact = point < 0 ? value : value / TENS[end - point - 1];
        return negative ? -exact : exact;
    }
}
