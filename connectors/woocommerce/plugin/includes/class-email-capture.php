<?php
/**
 * The address that a shopper typed, in classic and block checkouts alike.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Kept in the shopper's own session; whether the app is told is the Preferences' to say.
 */
class Email_Capture {

	const NONCE = 'reprise-email';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'woocommerce_checkout_update_order_review', array( __CLASS__, 'from_review' ) );
		add_action( 'woocommerce_store_api_cart_update_customer_from_request', array( __CLASS__, 'from_customer' ) );
		add_action( 'wc_ajax_reprise_email', array( __CLASS__, 'from_script' ) );
		add_action( 'wp_enqueue_scripts', array( __CLASS__, 'add_script' ) );
	}

	/**
	 * The shopper's address; empty while we do not know it.
	 *
	 * @return string
	 */
	public static function email() {
		$user = wp_get_current_user();
		if ( $user->ID ) {
			return strtolower( $user->user_email );
		}
		return (string) WC()->session->get( 'reprise_email', '' );
	}

	/**
	 * Remember what was typed.
	 *
	 * @param string $email As it was typed.
	 * @return void
	 */
	public static function remember( $email ) {
		$email = strtolower( trim( $email ) );
		if ( ! WC()->session || ! is_email( $email ) || strlen( $email ) > 254 ) {
			return;
		}
		if ( WC()->session->get( 'reprise_email' ) !== $email ) {
			WC()->session->set( 'reprise_email', $email );
			Cart_Watch::mark();
		}
		if ( Preferences::may_tell_email( Consent::of_shopper() ) ) {
			Visitors::meet( self::email(), get_current_user_id() );
		}
	}

	/**
	 * The classic checkout works its totals out anew.
	 *
	 * @param string $posted The form, as a query string.
	 * @return void
	 */
	public static function from_review( $posted ) {
		parse_str( (string) $posted, $form );
		if ( Optin::is_shown() ) {
			self::hear( ! empty( $form['reprise_optin'] ) );
		}
		if ( isset( $form['billing_email'] ) && is_string( $form['billing_email'] ) ) {
			self::remember( sanitize_email( $form['billing_email'] ) );
		}
	}

	/**
	 * The block checkout tells who is shopping.
	 *
	 * @param \WC_Customer $customer As far as they have typed.
	 * @return void
	 */
	public static function from_customer( $customer ) {
		self::remember( (string) $customer->get_billing_email() );
	}

	/**
	 * Our script tells what was typed into the classic checkout, before anything else happens.
	 *
	 * @return void
	 */
	public static function from_script() {
		check_ajax_referer( self::NONCE, 'nonce' );
		self::hear( ! empty( $_POST['optin'] ) );
		if ( isset( $_POST['email'] ) && is_string( $_POST['email'] ) ) {
			self::remember( sanitize_email( wp_unslash( $_POST['email'] ) ) );
		}
		wp_send_json_success();
	}

	/**
	 * The box was ticked, or the tick was taken back; an empty box that never was ticked says nothing.
	 *
	 * @param bool $is_ticked Whether there is a tick now.
	 * @return void
	 */
	public static function hear( $is_ticked ) {
		if ( ! WC()->session ) {
			return;
		}
		$said = WC()->session->get( 'reprise_optin' );
		if ( $is_ticked ? 'yes' !== $said : 'yes' === $said ) {
			Consent::remember( $is_ticked );
			Cart_Watch::mark();
		}
	}

	/**
	 * Only the classic checkout needs it.
	 *
	 * @return void
	 */
	public static function add_script() {
		if ( ! is_checkout() || is_user_logged_in() || ! Connection::is_made() || Preferences::NOBODY === Preferences::all()['reminders'] ) {
			return;
		}
		wp_enqueue_script( 'reprise-checkout', plugins_url( 'assets/checkout.js', REPRISE_FILE ), array(), REPRISE_VERSION, true );
		$told = array(
			'url'   => \WC_AJAX::get_endpoint( 'reprise_email' ),
			'nonce' => wp_create_nonce( self::NONCE ),
		);
		wp_add_inline_script( 'reprise-checkout', 'window.repriseCheckout = ' . wp_json_encode( $told ) . ';', 'before' );
	}
}
