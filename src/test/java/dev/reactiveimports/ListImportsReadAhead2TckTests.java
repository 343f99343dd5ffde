package dev.reactiveimports;

import org.testng.annotations.Test;

@Test
public class ListImportsReadAhead2TckTests extends ListImportsTck {

    public ListImportsReadAhead2TckTests() {
        super(2);
    }
}
