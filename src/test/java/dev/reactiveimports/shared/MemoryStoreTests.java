package dev.reactiveimports.shared;

import dev.reactiveimports.testing.ImportsStoreContract;

class MemoryStoreTests extends ImportsStoreContract {

    @Override
    protected ImportsStore store() {
        return ImportsStore.inMemory();
    }
}
