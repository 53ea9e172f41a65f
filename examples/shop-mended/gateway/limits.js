// What one query may cost, and which queries production knows.
import depthLimit from "graphql-depth-limit";
import { createComplexityLimitRule } from "graphql-validation-complexity";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";

export const validationRules = [depthLimit(7), createComplexityLimitRule(1000)];
export const persistedQueries = { cache: new InMemoryLRUCache() };
