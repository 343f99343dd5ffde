package dev.reactiveimports;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Holds the levels of the root package: arrows point down, each third-party library has its place. */
class ArchitectureTests {

    private static final String ROOT = "dev.reactiveimports";

    /** From the ground up. A new class is to be put on its level here. */
    private static final List<Set<String>> LEVELS = List.of(
            Set.of(
                    "ImportStatus",
                    "ImportErrorMode",
                    "ImportOperation",
                    "ImportObservation",
                    "ImportPage",
                    "StartImportRequest",
                    "ListImportsSpec",
                    "Checks"),
            Set.of(
                    "ImportsException",
                    "ImportsApiException",
                    "ImportsProtocolException",
                    "ImportsTransportException",
                    "ImportOutcomeUnknownException",
                    "ImportFailedException"),
            Set.of(
                    "OpaqueBoundary",
                    "SchedulerRejection",
                    "SchedulerGuard",
                    "SchedulerTimer",
                    "ImportStatusChange",
                    "ImportsListener",
                    "ListenerGuard",
                    "ListenerGroup",
                    "WithheldWords",
                    "DemandGate",
                    "ListingPages",
                    "ListingLoopDetector",
                    "PollSpec",
                    "WatchOne",
                    "SerialExecutor",
                    "WatchDescribes",
                    "WatchDiscovery",
                    "WatchEndedIds",
                    "WatchHealth",
                    "WatchKind",
                    "WatchListing",
                    "WatchLooks",
                    "WatchMany",
                    "WatchOutbox",
                    "WatchPace",
                    "WatchPlan",
                    "WatchRound",
                    "WatchSchedule",
                    "WatchSubscription",
                    "WatchTime",
                    "WatchWalk",
                    "WatchEntry",
                    "WatchEntries",
                    "ImportsRetry",
                    "RetryBackoff",
                    "RetrySuppressed",
                    "HttpRetryAfter",
                    "RetryBudget",
                    "ThrottleGate",
                    "ThrottleNotSent",
                    "ThrottlePace",
                    "ThrottleTimetable",
                    "ThrottleTurn",
                    "CallPolicy",
                    "CallTimeout",
                    "CallRecorder",
                    "CallStartOutcome",
                    "CallRecentStarts",
                    "CallLifecycle"),
            Set.of(
                    "CallAttempt",
                    "HttpExchange",
                    "HttpNettyExchange",
                    "HttpUserAgent",
                    "HttpCall",
                    "HttpOutcome",
                    "HttpResponseBody",
                    "HttpInterimResponses",
                    "HttpClients",
                    "CallPermits",
                    "HttpFailures",
                    "HttpEndpoint",
                    "JsonCodec",
                    "JsonReader",
                    "JsonImportBuilder",
                    "JsonError",
                    "SafeText",
                    "JsonTimestamps",
                    "JsonNumbers",
                    "JsonUtf8",
                    "JsonTruncation",
                    "HttpKeyMask",
                    "CallTarget",
                    "CallOperations"),
            Set.of(
                    "ReactiveImportsApi",
                    "DefaultReactiveImportsApi",
                    "DefaultBuilder",
                    "Environment",
                    "WatchOperations",
                    "package-info"));

    private static final Map<String, Integer> LEVEL_OF = IntStream.range(0, LEVELS.size())
            .boxed()
            .flatMap(level -> LEVELS.get(level).stream().map(name -> Map.entry(name, level)))
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void everyClassHasItsLevel() {
        assertThat(CLASSES.stream()
                        .filter(ArchitectureTests::isInRoot)
                        .map(ArchitectureTests::topLevelName)
                        .distinct())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(LEVEL_OF).containsKey(name));
    }

    @Test
    void arrowsPointDown() {
        classes().that().resideInAPackage(ROOT).should(dependOnlyDown()).check(CLASSES);
    }

    @Test
    void theRootKnowsNoLeafPackage() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".*..")
                .check(CLASSES);
    }

    @Test
    void optionalLibrariesStayInTheirLeaves() {
        onlyIn("micrometer, spring", "io.micrometer..", ROOT + ".micrometer..", ROOT + ".spring..");
        onlyIn("spring", "org.springframework..", ROOT + ".spring..");
        onlyIn("testing", "org.junit..", ROOT + ".testing..");
    }

    private static void onlyIn(String leaves, String library, String... packages) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .because("only " + leaves + " may need " + library)
                .check(CLASSES);
    }

    @Test
    void integrationsSeeOnlyWhatUsersSee() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".micrometer..", ROOT + ".spring..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are hidden, or for tests",
                        target -> target.getPackageName().startsWith(ROOT + ".testing")
                                || (target.getPackageName().equals(ROOT)
                                        && !target.getModifiers().contains(JavaModifier.PUBLIC))))
                .check(CLASSES);
    }

    @Test
    void jsonIsReadInOnePlace() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .and(notNamed("JsonCodec", "JsonReader", "JsonImportBuilder"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .check(CLASSES);
    }

    @Test
    void theNetworkStaysOnTheWireLevel() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .and(notNamed(
                        "HttpNettyExchange",
                        "HttpCall",
                        "HttpResponseBody",
                        "HttpInterimResponses",
                        "HttpClients",
                        "HttpFailures",
                        "ReactiveImportsApi",
                        "DefaultBuilder"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor.netty..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void nothingSleepsOrBlocksOnAPublisher() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "blocks",
                        call -> Set.of("block", "blockFirst", "blockLast", "blockOptional")
                                        .contains(call.getTarget().getName())
                                || call.getTarget().getFullName().startsWith("java.lang.Thread.sleep")))
                .check(CLASSES);
    }

    private static ArchCondition<JavaClass> dependOnlyDown() {
        return new ArchCondition<>("depend on no level above their own") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> isInRoot(dependency.getTargetClass()))
                        .filter(dependency -> level(dependency.getTargetClass()) > level(from))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(from, dependency.getDescription())));
            }
        };
    }

    private static DescribedPredicate<JavaClass> notNamed(String... names) {
        Set<String> exempt = Set.of(names);
        return DescribedPredicate.describe("are not " + exempt, candidate -> !exempt.contains(topLevelName(candidate)));
    }

    private static boolean isInRoot(JavaClass candidate) {
        return candidate.getPackageName().equals(ROOT) && !candidate.isArray();
    }

    private static int level(JavaClass of) {
        return LEVEL_OF.getOrDefault(topLevelName(of), -1);
    }

    private static String topLevelName(JavaClass of) {
        return of.getName().substring(ROOT.length() + 1).replaceAll("\\$.*", "");
    }
}
