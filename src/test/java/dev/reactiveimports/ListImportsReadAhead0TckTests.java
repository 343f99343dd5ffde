package dev.reactiveimports;

import org.testng.annotations.Test;

@Test
public class ListImportsReadAhead0TckTests extends ListImportsTck {

    public ListImportsReadAhead0TckTests() {
        super(0);
    }
}
