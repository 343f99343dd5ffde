package dev.reactiveimports;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;

/** No publisher leaves the library but through the boundary, and the boundary knows Reactor's keys. */
class PublisherBoundaryTests {

    private static final String ROOT = "dev.reactiveimports";

    /** Gives back the function that the caller gave. */
    private static final String CALLERS_OWN = ROOT + ".RunImportsSpec.beforeStart()";

    private static final ArchRule EVERY_PUBLISHER_PASSES = methods()
            .that(DescribedPredicate.describe("users get a publisher from", PublisherBoundaryTests::givesAPublisher))
            .should(passTheBoundary());

    @Test
    void everyPublicPublisherPassesTheBoundary() {
        JavaClasses library = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT);
        EVERY_PUBLISHER_PASSES.check(library);
        assertThat(library.stream()
                        .flatMap(type -> type.getMethods().stream())
                        .filter(PublisherBoundaryTests::givesAPublisher))
                .hasSizeGreaterThan(20);
    }

    @Test
    void aPublisherThatDoesNotIsFound() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class, OpaqueBoundary.class);
        assertThatThrownBy(() -> EVERY_PUBLISHER_PASSES.check(planted))
                .hasMessageContaining("Planted.bare")
                .hasMessageNotContaining("Planted.behind")
                .hasMessageNotContaining("Planted.overload");
    }

    @Test
    void theBoundaryKnowsEveryKeyOfReactor() throws ReflectiveOperationException {
        List<String> keys = new ArrayList<>();
        for (String holder : List.of("Hooks", "OnNextFailureStrategy", "MonoDelay", "Operators")) {
            Class<?> type = Class.forName(Hooks.class.getPackageName() + "." + holder);
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
                    field.setAccessible(true);
                    keys.add((String) field.get(null));
                }
            }
        }
        keys.removeIf(key -> !key.startsWith("reactor."));
        assertThat(keys).hasSizeGreaterThanOrEqualTo(7).allMatch(OpaqueBoundary::isSteering);
    }

    @Test
    void keysOfUsersAreNotReactors() {
        assertThat(List.of("tenant", "micrometer.observation", "reactor.netty.mine", 1, List.class))
                .noneMatch(OpaqueBoundary::isSteering);
    }

    /** Public methods of public classes, and those that implement a public interface of ours. */
    private static boolean givesAPublisher(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return method.getModifiers().contains(JavaModifier.PUBLIC)
                && !method.getModifiers().contains(JavaModifier.ABSTRACT)
                && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                && owner.getPackageName().equals(ROOT)
                && !method.getFullName().equals(CALLERS_OWN)
                && (isPublic(owner)
                        || owner.getAllRawInterfaces().stream()
                                .anyMatch(type -> type.getPackageName().startsWith(ROOT) && isPublic(type)))
                && method.getReturnType().getAllInvolvedRawTypes().stream()
                        .anyMatch(type -> type.isAssignableTo(Publisher.class));
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static ArchCondition<JavaMethod> passTheBoundary() {
        return new ArchCondition<>("pass through OpaqueBoundary, or call a method of their class that does") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean passes = reachesBoundary(method, new HashSet<>());
                events.add(new SimpleConditionEvent(method, passes, method.getFullName()));
            }
        };
    }

    private static boolean reachesBoundary(JavaMethod method, Set<JavaMethod> seen) {
        return seen.add(method)
                && method.getMethodCallsFromSelf().stream().anyMatch(call -> {
                    boolean direct = call.getTargetOwner().isEquivalentTo(OpaqueBoundary.class);
                    boolean own = call.getTargetOwner().equals(method.getOwner());
                    return direct
                            || (own
                                    && call.getTarget()
                                            .resolveMember()
                                            .filter(target -> reachesBoundary(target, seen))
                                            .isPresent());
                });
    }

    /** What the rule must find, and what it must not. */
    @SuppressWarnings("unused")
    public static final class Planted {

        public Flux<String> bare() {
            return Flux.just("a");
        }

        public Flux<String> behind() {
            return OpaqueBoundary.around(Flux.just("a"));
        }

        public Flux<String> overload() {
            return behind();
        }
    }
}
