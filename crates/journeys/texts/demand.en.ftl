# demand
