package dev.reactiveimports.testing;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class PageTokenTests {

    @Property(tries = 300)
    void readsBackWhatItWroteAndAlwaysNeedsEncoding(@ForAll @LongRange(min = 1) long position) {
        String token = PageToken.of(position);
        assertThat(PageToken.parse(token)).hasValue(position);
        assertThat(token).contains("+").contains("/").endsWith("=");
    }

    @Property(tries = 300)
    void refusesATokenThatWasTamperedWith(
            @ForAll @LongRange(min = 1) long position, @ForAll @IntRange(max = 17) int at) {
        StringBuilder token = new StringBuilder(PageToken.of(position));
        token.setCharAt(at, token.charAt(at) == 'A' ? 'B' : 'A');
        assertThat(PageToken.parse(token.toString())).isEmpty();
    }

    @Property(tries = 300)
    void refusesForeignTexts(@ForAll String text) {
        assertThat(PageToken.parse(text)).isEmpty();
    }
}
