package dev.reactiveimports;

import org.testng.annotations.Test;

@Test
public class ListImportsReadAhead1TckTests extends ListImportsTck {

    public ListImportsReadAhead1TckTests() {
        super(1);
    }
}
