// Lists the products and orders the one that is clicked.
const list = document.getElementById("products");

async function order(product) {
  const body = JSON.stringify({ product: product.id, quantity: 1 });
  const answer = await fetch("/api/orders", { method: "POST", body });
  alert(answer.ok ? `Ordered: ${product.name}` : "Sorry, that did not work.");
}

const products = await (await fetch("/api/products")).json();
for (const product of products) {
  const row = document.createElement("li");
  row.textContent = `${product.name}: ${product.price} EUR`;
  row.addEventListener("click", () => order(product));
  list.append(row);
}
