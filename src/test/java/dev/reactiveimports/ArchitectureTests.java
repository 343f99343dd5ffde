package dev.reactiveimports;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
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
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Holds the house: the first word of a hidden type names its room, arrows between rooms point down, and each third-party library
 * has its place.
 */
class ArchitectureTests {

    private static final String ROOT = "dev.reactiveimports";

    /** The rooms from the ground up; those in one row do not know each other, unless a rule below says so. */
    private static final List<Set<String>> ROOMS = List.of(
            Set.of("Json", "Scheduler"),
            Set.of("Http", "Throttle", "Retry"),
            Set.of("Call"),
            Set.of("Listing"),
            Set.of("Watch"),
            Set.of("Run"),
            Set.of("Default"));

    /** What every room may use; a helper knows no room but that of the schedulers. */
    private static final Set<String> HELPERS = Set.of(
            "Checks",
            "SafeText",
            "DemandGate",
            "SerialExecutor",
            "SerialSubscription",
            "OpaqueBoundary",
            "ListenerGuard",
            "SuppressedFailures",
            "Environment");

    /** The public types that are doors to a room: the only ones that know what is behind them. */
    private static final Map<String, String> DOORS = Map.of(
            "ReactiveImportsApi", "Default", "PollSpec", "Watch", "ImportsRetry", "Retry", "RunImportsSpec", "Run");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void everyHiddenTypeIsInARoomOrIsAHelper() {
        assertThat(hidden())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(HELPERS.contains(name) || height(room(name)) >= 0)
                        .as("%s begins with no room's name", name)
                        .isTrue());
    }

    @Test
    void mostHiddenTypesShareTheirFirstWordWithTwoOthers() {
        Map<String, Long> words = hidden().stream().collect(groupingBy(ArchitectureTests::room, counting()));
        long shared =
                hidden().stream().filter(name -> words.get(room(name)) >= 3).count();
        assertThat(shared / (double) hidden().size()).isGreaterThanOrEqualTo(0.7);
    }

    @Test
    void arrowsBetweenRoomsPointDown() {
        inRoot("depend on no room beside or above their own", (from, to) -> {
            boolean bothInRooms = height(room(from)) >= 0 && height(room(to)) >= 0;
            return !bothInRooms || room(from).equals(room(to)) || height(room(to)) < height(room(from));
        });
    }

    @Test
    void helpersAreBelowAllRoomsButThatOfTheSchedulers() {
        inRoot(
                "know no room",
                (from, to) -> !HELPERS.contains(from) || height(room(to)) < 0 || room(to).equals("Scheduler"));
    }

    @Test
    void publicTypesKnowNoRoomBehindThemUnlessTheyAreItsDoor() {
        inRoot(
                "know no room",
                (from, to) -> !isPublic(from)
                        || height(room(to)) < 0
                        || isPublic(to)
                        || room(to).equals("Scheduler")
                        || room(to).equals(DOORS.get(from)));
    }

    @Test
    void onlyTheClientItselfKnowsTheClient() {
        inRoot(
                "do not know the client",
                (from, to) ->
                        !to.equals("ReactiveImportsApi") || room(from).equals("Default") || from.equals("Environment"));
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
        onlyIn("r2dbc, spring", "io.r2dbc..", ROOT + ".r2dbc..", ROOT + ".spring..");
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
                .resideInAnyPackage(ROOT + ".micrometer..", ROOT + ".spring..", ROOT + ".r2dbc..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are hidden, or for tests",
                        target -> target.getPackageName().startsWith(ROOT + ".testing")
                                || (target.getPackageName().equals(ROOT)
                                        && !target.getModifiers().contains(JavaModifier.PUBLIC))))
                .check(CLASSES);
    }

    @Test
    void sharedImportsAreMadeOfWhatUsersSeeOfTheClient() {
        onlyPublicTypes(ROOT + ".shared..", Set.of(""));
    }

    @Test
    void aStoreIsMadeOfWhatItsInterfaceNeeds() {
        onlyPublicTypes(ROOT + ".r2dbc..", Set.of("", ".shared"));
    }

    /** Of the library's own types, only the public ones of some packages; that of the client is {@code ""}. */
    private static void onlyPublicTypes(String of, Set<String> packages) {
        noClasses()
                .that()
                .resideInAPackage(of)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are hidden, or in a package other than " + packages,
                        target -> target.getPackageName().startsWith(ROOT)
                                && !isIn(of, target)
                                && !(packages.contains(target.getPackageName().substring(ROOT.length()))
                                        && target.getModifiers().contains(JavaModifier.PUBLIC))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static boolean isIn(String packages, JavaClass candidate) {
        return (candidate.getPackageName() + "..").startsWith(packages);
    }

    @Test
    void sharedImportsAreRoomsToo() {
        Map<String, Set<String>> below = Map.of(
                "Json", Set.of(),
                "Memory", Set.of(),
                "Log", Set.of("Shared"),
                "Poller", Set.of("Log", "Shared"),
                "Consumer", Set.of("Log", "Shared"),
                "Run", Set.of("Log", "Shared"));
        classes()
                .that()
                .resideInAPackage(ROOT + ".shared")
                .should(new ArchCondition<>("know only rooms below") {
                    @Override
                    public void check(JavaClass from, ConditionEvents events) {
                        from.getDirectDependenciesFromSelf().stream()
                                .filter(dependency -> isAbove(from, dependency.getTargetClass(), below))
                                .forEach(dependency ->
                                        events.add(SimpleConditionEvent.violated(from, dependency.getDescription())));
                    }
                })
                .check(CLASSES);
    }

    private static boolean isAbove(JavaClass from, JavaClass to, Map<String, Set<String>> below) {
        Set<String> known = below.get(firstWord(from));
        boolean isHidden = to.getPackageName().equals(ROOT + ".shared")
                && !to.isArray()
                && !CLASSES.get(to.getName().replaceAll("\\$.*", ""))
                        .getModifiers()
                        .contains(JavaModifier.PUBLIC);
        return known != null && isHidden && !firstWord(from).equals(firstWord(to)) && !known.contains(firstWord(to));
    }

    private static String firstWord(JavaClass of) {
        return of.getName().replaceAll(".*\\.|\\$.*", "").replaceAll("(?<=[a-z0-9])[A-Z].*", "");
    }

    @Test
    void onlyTheJsonRoomKnowsJackson() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT, ROOT + ".shared", ROOT + ".r2dbc")
                .and(DescribedPredicate.describe(
                        "are outside of Json",
                        candidate -> !firstWord(candidate).equals("Json")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .check(CLASSES);
    }

    @Test
    void onlyTheHttpRoomKnowsNetty() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .and(outside("Http", "Default"))
                .and(notNamed("ReactiveImportsApi"))
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

    private static void inRoot(String rule, BiPredicate<String, String> allowed) {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .should(new ArchCondition<>(rule) {
                    @Override
                    public void check(JavaClass from, ConditionEvents events) {
                        from.getDirectDependenciesFromSelf().stream()
                                .filter(dependency -> isInRoot(dependency.getTargetClass()))
                                .filter(dependency ->
                                        !topLevelName(from).equals(topLevelName(dependency.getTargetClass())))
                                .filter(dependency ->
                                        !allowed.test(topLevelName(from), topLevelName(dependency.getTargetClass())))
                                .forEach(dependency ->
                                        events.add(SimpleConditionEvent.violated(from, dependency.getDescription())));
                    }
                })
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> notNamed(String name) {
        return DescribedPredicate.describe("are not " + name, candidate -> !name.equals(topLevelName(candidate)));
    }

    private static DescribedPredicate<JavaClass> outside(String... rooms) {
        Set<String> exempt = Set.of(rooms);
        return DescribedPredicate.describe(
                "are outside of " + exempt, candidate -> !exempt.contains(room(topLevelName(candidate))));
    }

    private static Set<String> hidden() {
        return CLASSES.stream()
                .filter(ArchitectureTests::isInRoot)
                .map(ArchitectureTests::topLevelName)
                .filter(name -> !isPublic(name) && !name.equals("package-info"))
                .collect(toSet());
    }

    private static boolean isPublic(String name) {
        return CLASSES.contain(ROOT + "." + name)
                && CLASSES.get(ROOT + "." + name).getModifiers().contains(JavaModifier.PUBLIC);
    }

    /** The first word of its name; of public types, nothing. */
    private static String room(String name) {
        return isPublic(name) ? "" : name.replaceAll("(?<=[a-z0-9])[A-Z].*", "");
    }

    private static int height(String room) {
        return IntStream.range(0, ROOMS.size())
                .filter(i -> ROOMS.get(i).contains(room))
                .findFirst()
                .orElse(-1);
    }

    private static boolean isInRoot(JavaClass candidate) {
        return candidate.getPackageName().equals(ROOT) && !candidate.isArray();
    }

    private static String topLevelName(JavaClass of) {
        return of.getName().substring(ROOT.length() + 1).replaceAll("\\$.*", "");
    }
}
