package dev.reactiveimports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecPageTests {

    @Test
    void theSampleOfTheDocumentationIsOnePage() {
        ImportPage page = page("""
                {"data":[{'id':'1','uri':'s3://BUCKET_NAME/PATH/TO/DIR','status':'Pending','started_at':'2024-08-19T20:49:00.754Z',
                  'finished_at':'2024-08-19T20:49:00.754Z','percent_complete':42.2,'records_imported':1000000}],
                 'pagination':{'next':'Tm90aGluZyB0byBzZWUgaGVyZQo='}}""");
        assertThat(page.nextToken()).isEqualTo("Tm90aGluZyB0byBzZWUgaGVyZQo=");
        assertThat(page.items())
                .singleElement()
                .satisfies(one -> assertThat(one.recordsImported()).isEqualTo(1_000_000));
    }

    @Test
    void eachItemMayHaveItsFieldsInAnOrderOfItsOwn() {
        ImportPage page = page("""
                {"data":[{'id':'1','uri':'s3://a','status':'Pending','error':'e'},
                  {'status':'Failed','error':'f','id':'2','uri':'s3://b'},
                  {'id':'3'},
                  {'i':0,'id':'4','idx':'5','ur':1,'uri':'s3://d','urip':2,'statu':[],'st\\u0061tus':'Completed','error ':3},
                  {'id':'5','x':{'id':'6'},'uri':'s3://e','status':'Cancelled','err\\u006fr':'g'}]}""");
        assertThat(page.items())
                .extracting(i -> i.id() + ' ' + i.uri() + ' ' + i.statusText() + ' ' + i.error())
                .containsExactly(
                        "1 s3://a Pending e",
                        "2 s3://b Failed f",
                        "3 null  null",
                        "4 s3://d Completed null",
                        "5 s3://e Cancelled g");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'data':[]}",
                "{'data':null}",
                "{'pagination':null}",
                "{'pagination':{}}",
                "{'pagination':{'next':null}}",
                "{'pagination':{'next':''}}",
                "{'data':[],'pagination':{'next':'','more':1}}",
                "{'pagination_token':null}",
                "{'paginationToken':''}",
                "{'usage':{'readUnits':[1]},'namespace':''}"
            })
    void anEmptyPageWithoutTokenIsTheEnd(String json) {
        assertThat(page(json).items()).isEmpty();
        assertThat(page(json).hasNext()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'data':[],'pagination':{'next':'t='}} | t=",
                "{'pagination':{'more':[{}],'next':'t'},'data':null} | t",
                "{'pagination':{'next':'a+b/c=&#%'}} | a+b/c=&#%",
                "{'pagination':{'next':'ü 😀'}} | ü 😀",
                "{'pagination_token':'t'} | t",
                "{'paginationToken':'t'} | t",
                "{'pagination_token':'x','pagination':{'next':'t'}} | t",
                "{'pagination':{'next':'t'},'paginationToken':'x'} | t",
                "{'pagination':{'next':''},'paginationToken':'t'} | t",
                "{'paginationToken':'t','pagination':null} | t"
            })
    void anEmptyPageMayHaveAToken(String json, String token) {
        assertThat(page(json).items()).isEmpty();
        assertThat(page(json).nextToken()).isEqualTo(token);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':[null]}",
                "{'data':[{'id':'1'},null]}",
                "{'data':[[]]}",
                "{'data':['1']}",
                "{'data':[5]}",
                "{'data':{'id':'1'}}",
                "{'data':'x'}",
                "{'data':5}",
                "{'data':true}",
                "{'data':[{}]}",
                "{'data':[{'status':'Pending'}]}",
                "{'data':[{'id':''}]}",
                "{'data':[{'id':'1'},{'id':null}]}",
                "{'data':[],'data':[]}",
                "{'data':null,'data':[{'id':'1'}]}",
                "{'pagination':{},'pagination':{'next':'t'}}",
                "{'pagination':{'next':'a','next':'b'}}",
                "{'pagination':'t'}",
                "{'pagination':['t']}",
                "{'pagination':5}",
                "{'pagination':{'next':5}}",
                "{'pagination':{'next':{'token':'t'}}}",
                "{'pagination':{'next':['t']}}",
                "{'pagination':{'next':'\\ud800'}}",
                "{'pagination':{'next':'a\\u0000'}}",
                "{'paginationToken':5}",
                "{'data':[{'id':'1'}]",
                "{'data':[{'id':'1'}]}]",
                "[{'id':'1'}]",
                "null",
                "{'data':[{'id':'1'},]}"
            })
    void whatIsNoPageIsRejected(String json) {
        assertThatExceptionOfType(ImportsProtocolException.class).isThrownBy(() -> page(json));
    }

    @Test
    void aTokenTooLongToBeSentIsRejected() {
        assertThat(page("{'pagination':{'next':'" + "t".repeat(8_000) + "'}}").nextToken())
                .hasSize(8_000);
        assertThatExceptionOfType(ImportsProtocolException.class)
                .isThrownBy(() -> page("{'pagination':{'next':'" + "t".repeat(8_001) + "'}}"));
    }

    @Test
    void nothingOfOneItemReachesTheNext() {
        ImportPage page = page("{'data':[{'id':'1','uri':'u','status':'Failed','createdAt':'2024-08-19T20:49:00Z',"
                + "'finishedAt':'2024-08-19T20:49:00Z','percentComplete':5,'recordsImported':6,'error':'e',"
                + "'validationResult':{'importErrors':1}},{'id':'2'}]}");
        assertThat(page.items().get(1))
                .isEqualTo(new ImportOperation("2", null, ImportStatus.UNKNOWN, "", null, null, 0, 0, null, null));
    }

    @Test
    void moreThanAHundredItemsAreAPageToo() {
        String items = "{'id':'1'},".repeat(999) + "{'id':'1000'}";
        assertThat(page("{'data':[" + items + "]}").items()).hasSize(1_000);
    }

    private static ImportPage page(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
        return JsonCodec.decodePage(bytes, 0, bytes.length);
    }
}
