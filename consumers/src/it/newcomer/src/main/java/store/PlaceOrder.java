package store;

public record PlaceOrder(String item, int amount) {}
