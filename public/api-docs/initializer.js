// Starts Swagger UI on our own document. A file of its own, since the page's policy allows nothing inline.
window.ui = SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null, // never send the document to anybody
  tryItOutEnabled: true,
});
